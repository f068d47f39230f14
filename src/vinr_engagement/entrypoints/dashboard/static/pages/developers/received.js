// What the shop sent, and what came of it.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Empty, ListTable, Page, Select, Status, TextInput, Time } from "../../ui/index.js";
import { pointsOf } from "./outcome.js";
import { eventReason } from "./reasons.js";
import { signed } from "../../lib/format.js";

const STATUSES = [
  ["", "All statuses"],
  ["processed", "Processed"],
  ["ignored", "Ignored"],
  ["deferred", "Deferred"],
];

function Filters({ params, set }) {
  const filter = (name, more) => ({ name, value: params[name] ?? "", onChange: (value) => set({ [name]: value.trim() }), ...more });
  return html`
    <div class="dev-filters" role="search" aria-label="Filter received events">
      <${Select} ...${filter("status", { label: "Status", "aria-label": "Status", options: STATUSES })} />
      <${TextInput} ...${filter("type", { "aria-label": "Type", placeholder: "payment.completed" })} />
      <${TextInput} ...${filter("customer", { "aria-label": "Customer", placeholder: "Customer" })} />
    </div>
  `;
}

function result(row) {
  if (!row.outcome) return html`<span class="muted">Erased</span>`;
  const gave = pointsOf(row.outcome);
  if (gave !== 0) return `${signed(gave)} points`;
  return html`<span class="muted">${eventReason(row.outcome.reason) || "No points"}</span>`;
}

const COLUMNS = [
  { key: "type", label: "Type", render: (row) => html`<code>${row.type}</code>` },
  { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
  { key: "outcome", label: "What came of it", render: result },
  { key: "customer", label: "Customer", priority: 2, render: (row) => row.customer ?? "–" },
  { key: "id", label: "Id", priority: 3, render: (row) => html`<code>${row.id}</code>` },
  { key: "received_at", label: "Received", align: "end", priority: 3, render: (row) => html`<${Time} value=${row.received_at} relative />` },
];

export default function Received() {
  const [params, set] = useQueryParams();
  const asked = { status: params.status, type: params.type, customer: params.customer, account: params.account };
  const list = useList("/received-events", asked, { refreshOn: ["loyalty."] });
  const empty = html`<${Empty} title="No events received">What your shop sends to /v1/events is kept here, with what came of it.<//>`;
  return html`
    <${Page} title="Received events" subtitle="What your shop sent, and what each rule made of it">
      <${Filters} params=${params} set=${set} />
      <${ListTable}
        list=${list}
        columns=${COLUMNS}
        rowHref=${(row) => `received/${encodeURIComponent(row.id)}`}
        caption="Received events"
        empty=${empty}
      />
    <//>
  `;
}
