// What was sent to an endpoint, every attempt of it, and sending it again.

import { number } from "../../lib/format.js";
import { useEvents } from "../../lib/live.js";
import { html, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { Card, Empty, ListTable, Select, Status, Time } from "../../ui/index.js";
import { Delivery, ERRORS } from "./delivery.js";
import { useLooks, useLooksWhilePending } from "./looks.js";

const STATUSES = [
  ["", "All deliveries"],
  ["pending", "Pending"],
  ["succeeded", "Succeeded"],
  ["failed", "Failed"],
];

const answerText = (row) => row.last_http_status ?? ERRORS[row.last_error] ?? "–";

const columns = (open) => [
  {
    key: "event_type",
    label: "Event",
    render: (row) => html`<button type="button" class="dev-open" onClick=${() => open(row.id)}>${row.event_type}</button>`,
  },
  { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
  { key: "answer", label: "Answer", priority: 2, render: answerText },
  { key: "attempts", label: "Attempts", align: "end", priority: 3, render: (row) => number(row.attempt_count) },
  { key: "created_at", label: "Created", align: "end", priority: 3, render: (row) => html`<${Time} value=${row.created_at} relative />` },
];

/** @param {{endpoint: {id: string}, event?: string, onChange: () => void}} props  `event` narrows it to one event's */
export function Deliveries({ endpoint, event, onChange }) {
  const [status, setStatus] = useState("");
  const [opened, open] = useState(null);
  const path = `/webhook-endpoints/${endpoint.id}/deliveries`;
  const list = useList(path, { status, event });
  const look = useLooks(() => {
    list.reload();
    onChange();
  });
  useEvents({}, look);
  useLooksWhilePending(list.items, list.reload);
  const select = html`<${Select} aria-label="Status" value=${status} options=${STATUSES} onChange=${setStatus} />`;
  const empty = html`<${Empty} title="Nothing was sent yet">What happens from now on is sent, and kept here for 30 days.</${Empty}>`;
  return html`
    <${Card} title="Deliveries" subtitle=${event ? `Of the event ${event}` : "The last 30 days"} actions=${select} flush>
      <${ListTable} list=${list} columns=${columns(open)} caption="Deliveries" empty=${empty} />
      ${opened && html`<${Delivery} path=${`${path}/${opened}`} onClose=${() => open(null)} onAgain=${look} />`}
    </${Card}>
  `;
}
