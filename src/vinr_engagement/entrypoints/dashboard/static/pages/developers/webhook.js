// One webhook endpoint: how it is doing, what can be changed, and what was sent to it.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate, remove, useAction, useQuery } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, Confirm, DefinitionList, ErrorNotice, Id, Menu, Page, Skeleton, Time, toast } from "../../ui/index.js";
import { Deliveries } from "./deliveries.js";
import { ReplayRange } from "./replay_range.js";
import { SecretDialog } from "./secret.js";
import { WebhookForm } from "./webhook_form.js";
import { Health } from "./webhooks.js";

const BACK = { to: "webhooks", label: "Webhooks" };
const DISABLED = { requested: "Somebody asked for it", failing: "It only failed for five days", gone: "It answered 410" };
const moment = (value) => (value ? html`<${Time} value=${value} relative />` : "Never");

function Facts({ endpoint }) {
  const { disabled_reason: reason, previous_secret_expires_at: oldUntil } = endpoint;
  const patterns = endpoint.enabled_events.map((each) => html`<code key=${each}>${each}</code> `);
  const items = [
    ["Status", html`<${Health} endpoint=${endpoint} />`],
    reason && ["Disabled because", DISABLED[reason] ?? reason],
    ["Events", html`<span class="dev-patterns">${patterns}</span>`],
    ["Last delivered", moment(endpoint.last_success_at)],
    ["Last failure", moment(endpoint.last_failure_at)],
    ["Batches waiting", endpoint.lag],
    oldUntil && ["Old secret signs until", html`<${Time} value=${oldUntil} />`],
    ["Added", html`<${Time} value=${endpoint.created_at} />`],
    ["Id", html`<${Id} value=${endpoint.id} />`],
  ];
  return html`<${DefinitionList} items=${items} />`;
}

function Rotate({ path, onClose, onDone }) {
  const rotate = async () => onDone(await api.post(`${path}/rotate-secret`, {}));
  return html`
    <${Confirm} title="Rotate the signing secret" confirm="Rotate" onConfirm=${rotate} onClose=${onClose}>
      <p>A new secret signs from now on. The old one signs too for another 24 hours, so that your receiver can change over.</p>
    </${Confirm}>
  `;
}

function Delete({ endpoint, path, onClose }) {
  const confirm = async () => {
    await remove(path);
    toast("The endpoint is deleted");
    navigate("webhooks", { replace: true });
  };
  return html`
    <${Confirm} title="Delete the endpoint" confirm="Delete" danger onConfirm=${confirm} onClose=${onClose}>
      <p>${endpoint.url} hears of nothing any more, and what was sent to it is forgotten.</p>
    </${Confirm}>
  `;
}

function Edit({ endpoint, path, onClose }) {
  const save = async (draft) => {
    await api.patch(path, draft);
    invalidate("/webhook-endpoints");
    onClose();
  };
  return html`<${WebhookForm} title="Change the endpoint" save="Save" endpoint=${endpoint} onSave=${save} onClose=${onClose} />`;
}

/** What is asked for, one at a time. */
function Asked({ asked, endpoint, path, close, setSecret }) {
  const rotated = (answer) => {
    setSecret(answer.secret);
    invalidate(path);
  };
  if (asked === "edit") return html`<${Edit} endpoint=${endpoint} path=${path} onClose=${close} />`;
  if (asked === "rotate") return html`<${Rotate} path=${path} onClose=${close} onDone=${rotated} />`;
  if (asked === "delete") return html`<${Delete} endpoint=${endpoint} path=${path} onClose=${close} />`;
  if (asked === "replay") return html`<${ReplayRange} endpoint=${endpoint} onClose=${close} onDone=${() => invalidate(path)} />`;
  return null;
}

function Actions({ endpoint, path, ask }) {
  const isEnabled = endpoint.status === "enabled";
  const switching = useAction(async () => {
    await api.patch(path, { status: isEnabled ? "disabled" : "enabled" });
    invalidate("/webhook-endpoints");
    toast(isEnabled ? "The endpoint is disabled" : "The endpoint is enabled");
  });
  const items = [
    { label: "Replay events…", onSelect: () => ask("replay"), disabled: !isEnabled },
    { label: "Rotate the secret…", onSelect: () => ask("rotate") },
    { label: "Delete…", onSelect: () => ask("delete"), danger: true },
  ];
  return html`
    <${Button} icon="edit" onClick=${() => ask("edit")}>Edit</${Button}>
    <${Button} busy=${switching.busy} onClick=${switching.run}>${isEnabled ? "Disable" : "Enable"}</${Button}>
    <${Menu} icon="more" name="More" items=${items} />
  `;
}

function Endpoint({ endpoint, path, event, reload }) {
  const { can } = useSession();
  const [asked, ask] = useState(null);
  const [secret, setSecret] = useState(null);
  const actions = can("webhook_endpoints:write") && html`<${Actions} endpoint=${endpoint} path=${path} ask=${ask} />`;
  const address = html`<span class="dev-url">${endpoint.url}</span>`;
  return html`
    <${Page} title=${endpoint.description || "Webhook endpoint"} subtitle=${address} back=${BACK} actions=${actions}>
      <div class="dev-columns">
        <${Deliveries} endpoint=${endpoint} event=${event} onChange=${reload} />
        <${Card} title="How it is doing"><${Facts} endpoint=${endpoint} /></${Card}>
      </div>
      <${Asked} ...${{ asked, endpoint, path, setSecret, close: () => ask(null) }} />
      ${secret && html`<${SecretDialog} title="The new signing secret" secret=${secret} onClose=${() => setSecret(null)} />`}
    </${Page}>
  `;
}

export default function WebhookPage({ params, query }) {
  const path = `/webhook-endpoints/${params.endpoint}`;
  const { data, error, reload } = useQuery(path, {}, { refreshOn: ["webhook_endpoint."] });
  if (data) return html`<${Endpoint} endpoint=${data} path=${path} event=${query.event} reload=${reload} />`;
  return html`
    <${Page} title="Webhook endpoint" back=${BACK}>
      ${error ? html`<${ErrorNotice} error=${error} retry=${reload} />` : html`<${Skeleton} lines=${10} />`}
    </${Page}>
  `;
}
