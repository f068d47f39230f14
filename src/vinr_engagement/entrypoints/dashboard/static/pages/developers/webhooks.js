// Where events are sent.

import { api } from "../../lib/api.js";
import { number, plural } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Empty, ListTable, Page, Status, Time } from "../../ui/index.js";
import { SecretDialog } from "./secret.js";
import { WebhookForm } from "./webhook_form.js";

/** How an endpoint is doing, in a badge. */
export function Health({ endpoint }) {
  if (endpoint.status === "disabled") return html`<${Status} value="disabled" />`;
  if (endpoint.failures_in_a_row > 0) return html`<${Badge} tone="red">${plural(endpoint.failures_in_a_row, "failure", "failures")} in a row<//>`;
  return html`<${Status} value="enabled" />`;
}

function eventsText(patterns) {
  if (patterns.includes("*")) return "All events";
  return patterns.length > 2 ? `${patterns.slice(0, 2).join(", ")} and ${patterns.length - 2} more` : patterns.join(", ");
}

const COLUMNS = [
  {
    key: "url",
    label: "Endpoint",
    render: (row) => html`<span class="dev-url">${row.url}</span>${row.description && html`<small class="muted block">${row.description}</small>`}`,
  },
  { key: "status", label: "Status", render: (row) => html`<${Health} endpoint=${row} />` },
  { key: "events", label: "Events", priority: 2, render: (row) => eventsText(row.enabled_events) },
  { key: "lag", label: "Waiting", align: "end", priority: 3, render: (row) => number(row.lag) },
  {
    key: "last_success_at",
    label: "Last delivered",
    align: "end",
    priority: 3,
    render: (row) => (row.last_success_at ? html`<${Time} value=${row.last_success_at} relative />` : "Never"),
  },
];

export default function Webhooks() {
  const { can } = useSession();
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState(null);
  const list = useList("/webhook-endpoints", {}, { refreshOn: ["webhook_endpoint."] });
  const save = async (draft) => {
    setMade(await api.post("/webhook-endpoints", draft));
    setCreating(false);
    list.reload();
  };
  const create = can("webhook_endpoints:write") && html`<${Button} kind="primary" icon="plus" onClick=${() => setCreating(true)}>Add an endpoint<//>`;
  const empty = html`<${Empty} title="No endpoints yet" action=${create}>An endpoint of yours gets every event as a signed request.<//>`;
  return html`
    <${Page} title="Webhooks" subtitle="Where events are sent as they happen" actions=${create}>
      <${ListTable} list=${list} columns=${COLUMNS} rowHref=${(row) => `webhooks/${row.id}`} caption="Webhook endpoints" empty=${empty} />
      ${creating && html`<${WebhookForm} title="Add an endpoint" save="Add the endpoint" onSave=${save} onClose=${() => setCreating(false)} />`}
      ${
        made &&
        html`<${SecretDialog} title="The signing secret" secret=${made.secret} onClose=${() => navigate(`webhooks/${made.id}`)}>
          <p>Your receiver verifies with it that a request is ours.</p>
        <//>`
      }
    <//>
  `;
}
