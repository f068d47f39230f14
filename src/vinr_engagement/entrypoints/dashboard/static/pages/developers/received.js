// What the shop sent, and what came of it.

import { signed } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Card, Empty, ListTable, Page, Status, Time } from "../../ui/index.js";
import { Filters } from "./filters.js";
import { pointsOf } from "./outcome.js";
import { reasonText } from "../../lib/reasons.js";

const STATUSES = [
  ["", "All statuses"],
  ["processed", "Processed"],
  ["ignored", "Ignored"],
  ["deferred", "Deferred"],
];
const FIELDS = [
  { name: "status", label: "Status", options: STATUSES },
  { name: "type", label: "Type", placeholder: "payment.completed" },
  { name: "customer", label: "Customer", placeholder: "Customer" },
];

function result({ outcome }) {
  if (!outcome) return html`<span class="muted">Erased</span>`;
  const gave = pointsOf(outcome);
  if (gave !== 0) return html`<span class="figure">${signed(gave)} points</span>`;
  return html`<span class="muted">${reasonText(outcome.reason) || "No points"}</span>`;
}

const COLUMNS = [
  { key: "type", label: "Type", render: (row) => html`<code>${row.type}</code>` },
  { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
  { key: "outcome", label: "What came of it", priority: 2, render: result },
  { key: "customer", label: "Customer", priority: 3, render: (row) => row.customer ?? "–" },
  { key: "id", label: "Id", priority: 3, render: (row) => html`<code>${row.id}</code>` },
  { key: "received_at", label: "Received", align: "end", render: (row) => html`<${Time} value=${row.received_at} relative />` },
];

export default function Received() {
  const [params, set] = useQueryParams();
  const { status, type, customer, account } = params;
  const list = useList("/received-events", { status, type, customer, account }, { refreshOn: ["loyalty."] });
  const empty = html`<${Empty} icon="received" title="No events received">What your shop sends is kept here, with what came of it.</${Empty}>`;
  const to = (row) => `received/${encodeURIComponent(row.id)}`;
  return html`
    <${Page} title="Received events" subtitle="What your shop sent, and what each rule made of it">
      <${Filters} label="Filter received events" params=${params} set=${set} fields=${FIELDS} />
      <${Card} flush><${ListTable} list=${list} columns=${COLUMNS} rowHref=${to} caption="Received events" empty=${empty} /></${Card}>
    </${Page}>
  `;
}
