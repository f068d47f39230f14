// Files for the books and for analysis: asked for, made in the background, kept for a while.

import { date, number } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction, useList } from "../../lib/query.js";
import { useClock, useProgram, useSession } from "../../lib/session.js";
import { Button, Dialog, Empty, Field, Form, ListTable, Page, Select, Status, TextInput, Time, toast } from "../../ui/index.js";
import { dayIn } from "../overview/today.js";
import { inWords } from "../overview/sentence.js";
import { monthAfter } from "./close.js";
import { download, FORMATS } from "./journal.js";
import { failureOf, isOpen, totalsOf, usePolling } from "./report.js";

const TYPES = [
  ["transactions", "Transactions: every row of the ledger"],
  ["redemptions", "Redemptions: what points bought"],
  ["liability_journal", "Liability journal: movements for the books"],
];

function lastMonth(program, now) {
  const current = dayIn(now ?? new Date(), program.timezone).slice(0, 7);
  return { gte: `${monthAfter(current, -1)}-01`, lt: `${current}-01` };
}

function NewReport({ program, onClose, onMade }) {
  const { now } = useClock();
  const [draft, setDraft] = useState(() => ({ type: "transactions", format: "csv", ...lastMonth(program, now) }));
  const change = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  const making = useAction(async () => {
    const { type, format, gte, lt } = draft;
    onMade(await api.post("/reports", { type, format, program: program.id, period: { gte, lt } }));
  });
  const input = (name) => ({ name, value: draft[name], onChange: change(name) });
  return html`
    <${Dialog} title="Create a report" onClose=${onClose}>
      <${Form} onSubmit=${making.run} error=${making.error} busy=${making.busy}>
        <${Field} name="type" label="What"><${Select} ...${input("type")} options=${TYPES} /><//>
        <${Field} name="period.gte" label="First day" hint=${`In ${program.timezone}`}>
          <${TextInput} ...${input("gte")} name="period.gte" type="date" />
        <//>
        <${Field} name="period.lt" label="Up to, not including"><${TextInput} ...${input("lt")} name="period.lt" type="date" /><//>
        <${Field} name="format" label="Format"><${Select} ...${input("format")} options=${FORMATS} /><//>
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${making.busy}>Create the report<//>
        </div>
      <//>
    <//>
  `;
}

function Download({ report }) {
  const saving = useAction(() => download(report));
  if (saving.error) return html`<span role="alert">${saving.error.message}</span>`;
  if (!report.download) return null;
  return html`<${Button} size="small" icon="download" busy=${saving.busy} onClick=${saving.run}>Download<//>`;
}

const periodText = ({ period }) => `${date(period.gte)} – ${date(period.lt)}`;

const COLUMNS = [
  { key: "type", label: "Report", render: (row) => html`${inWords(row.type)} <span class="muted">${row.format}</span>` },
  { key: "period", label: "Period", render: periodText },
  { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
  { key: "rows", label: "Rows", align: "end", priority: 2, render: (row) => (row.rows === null ? "–" : number(row.rows)) },
  { key: "totals", label: "Totals", priority: 3, render: (row) => (row.status === "failed" ? failureOf(row) : totalsOf(row).map((text) => html`<span key=${text} class="block">${text}</span>`)) },
  { key: "created_at", label: "Created", priority: 3, render: (row) => html`<${Time} value=${row.created_at} relative />` },
  { key: "download", label: "File", align: "end", render: (row) => html`<${Download} report=${row} />` },
];

export default function Reports() {
  const { program } = useProgram();
  const { can } = useSession();
  const [creating, setCreating] = useState(false);
  const list = useList("/reports");
  usePolling(list.items?.some(isOpen) ?? false, list.reload);
  const made = () => {
    setCreating(false);
    list.reload();
    toast("The report is being made");
  };
  const create = can("reports:write") && html`<${Button} kind="primary" disabled=${!program} onClick=${() => setCreating(true)}>Create a report<//>`;
  const empty = html`<${Empty} title="No reports yet">Transactions, redemptions or the liability journal of a period, as CSV or Parquet.<//>`;
  return html`
    <${Page} title="Reports" subtitle="Files for the books and for analysis" back=${{ to: "finance", label: "Finance" }} actions=${create}>
      <${ListTable} list=${list} columns=${COLUMNS} caption="Reports" empty=${empty} />
      ${creating && html`<${NewReport} program=${program} onClose=${() => setCreating(false)} onMade=${made} />`}
    <//>
  `;
}
