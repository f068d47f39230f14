// Where events are sent.

import { api } from "../../lib/api.js";
import { number, plural } from "../../lib/format.js";
import { html, useEffect, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Card, Empty, ListTable, Page, Status, Time } from "../../ui/index.js";
import { SecretDialog } from "./secret.js";
import { WebhookForm } from "./webhook_form.js";

/** How an endpoint is doing, in a badge. */
export function Health({ endpoint }) {
  const { status, failures_in_a_row: failures } = endpoint;
  if (status === "disabled" || failures === 0) return html`<${Status} value=${status} />`;
  return html`<${Badge} tone="red">${plural(failures, "failure", "failures")} in a row</${Badge}>`;
}

function eventsText(patterns) {
  if (patterns.includes("*")) return "All events";
  const shown = patterns.slice(0, 2).join(", ");
  return patterns.length > 2 ? `${shown} and ${patterns.length - 2} more` : shown;
}

const url = (row) => html`
  <span class="dev-url">${row.url}</span>${row.description && html`<small class="dev-line">${row.description}</small>`}
`;

const COLUMNS = [
  { key: "url", label: "Endpoint", render: url },
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

function Made({ endpoint }) {
  return html`
    <${SecretDialog} title="The signing secret" secret=${endpoint.secret} onClose=${() => navigate(`webhooks/${endpoint.id}`)}>
      <p>With it your receiver verifies that a request is ours.</p>
    </${SecretDialog}>
  `;
}

export default function Webhooks() {
  const { can } = useSession();
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState(null);
  const list = useList("/webhook-endpoints", {}, { refreshOn: ["webhook_endpoint."] });
  useEffect(() => {
    list.reload();  // One of them may just have been deleted on its own page.
  }, []);
  const save = async (draft) => {
    setMade(await api.post("/webhook-endpoints", draft));
    setAdding(false);
    list.reload();
  };
  const open = () => setAdding(true);
  const add = can("webhook_endpoints:write") && html`<${Button} kind="primary" icon="plus" onClick=${open}>Add an endpoint</${Button}>`;
  const empty = html`<${Empty} icon="webhooks" title="No endpoints yet">An endpoint of yours gets every event as a signed request.</${Empty}>`;
  return html`
    <${Page} title="Webhooks" subtitle="Where events are sent as they happen" actions=${add}>
      <${Card} flush>
        <${ListTable} list=${list} columns=${COLUMNS} rowHref=${({ id }) => `webhooks/${id}`} caption="Webhook endpoints" empty=${empty} />
      </${Card}>
      ${isAdding && html`<${WebhookForm} title="Add an endpoint" save="Add the endpoint" onSave=${save} onClose=${() => setAdding(false)} />`}
      ${made && html`<${Made} endpoint=${made} />`}
    </${Page}>
  `;
}
