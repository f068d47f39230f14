// Files for the books and for analysis: asked for, made in the background, kept for a while.

import { api } from "../../lib/api.js";
import { date, inWords, number } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction, useList } from "../../lib/query.js";
import { useClock, useProgram, useSession } from "../../lib/session.js";
import { dayOf } from "../../lib/zone.js";
import { Button, Card, Empty, Field, ListTable, Page, Select, Status, TextInput, Time, toast } from "../../ui/index.js";
import { FormDialog, inputsOf } from "../developers/form_dialog.js";
import { download, FORMATS } from "./journal.js";
import { monthAfter } from "./months.js";
import { failureOf, isOpen, totalsOf, usePolling } from "./report.js";

const TYPES = [
  ["transactions", "Transactions: every row of the ledger"],
  ["redemptions", "Redemptions: what points bought"],
  ["liability_journal", "Liability journal: movements for the books"],
];

function lastMonth(program, now) {
  const current = dayOf(now, program.timezone).slice(0, 7);
  return { gte: `${monthAfter(current, -1)}-01`, lt: `${current}-01` };
}

function NewReport({ program, onClose, onMade }) {
  const { now } = useClock();
  const [draft, setDraft] = useState(() => ({ type: "transactions", format: "csv", ...lastMonth(program, now) }));
  const input = inputsOf(draft, setDraft);
  const making = useAction(async () => {
    const { type, format, gte, lt } = draft;
    await api.post("/reports", { type, format, program: program.id, period: { gte, lt } });
    onMade();
  });
  return html`
    <${FormDialog} title="Create a report" save="Create the report" action=${making} onClose=${onClose}>
      <${Field} name="type" label="What"><${Select} ...${input("type")} options=${TYPES} /></${Field}>
      <${Field} name="period.gte" label="First day" hint=${`In ${program.timezone}`}><${TextInput} ...${input("gte")} type="date" /></${Field}>
      <${Field} name="period.lt" label="Up to, not including"><${TextInput} ...${input("lt")} type="date" /></${Field}>
      <${Field} name="format" label="Format"><${Select} ...${input("format")} options=${FORMATS} /></${Field}>
    </${FormDialog}>
  `;
}

function Download({ report, zone }) {
  const saving = useAction(() => download(report, zone));
  if (saving.error) return html`<span role="alert">${saving.error.message}</span>`;
  if (!report.download) return null;
  const label = `Download ${inWords(report.type)}, ${report.format}`;
  return html`<${Button} size="small" icon="download" label=${label} busy=${saving.busy} onClick=${saving.run} />`;
}

function totals(report) {
  const texts = report.status === "failed" ? [failureOf(report)] : totalsOf(report);
  return texts.map((text) => html`<span key=${text} class="dev-line">${text}</span>`);
}

/** The days of a period, the last one included. */
function daysOf({ period }, zone) {
  return `${date(period.gte, zone)} – ${date(new Date(Date.parse(period.lt) - 1), zone)}`;
}

const what = (row) => html`${inWords(row.type)} <small>${row.format === "csv" ? "CSV" : "Parquet"}</small>`;

const columns = (zone) => [
  { key: "type", label: "Report", render: what },
  { key: "period", label: "Period", priority: 2, render: (row) => daysOf(row, zone) },
  { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
  { key: "rows", label: "Rows", align: "end", priority: 3, render: (row) => number(row.rows) },
  { key: "totals", label: "Totals", priority: 3, render: totals },
  { key: "created_at", label: "Created", priority: 3, render: (row) => html`<${Time} value=${row.created_at} relative />` },
  { key: "download", label: "File", align: "end", render: (row) => html`<${Download} report=${row} zone=${zone} />` },
];

export default function Reports() {
  const { program } = useProgram();
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  const list = useList("/reports");
  usePolling(list.items.some(isOpen), list.reload);
  const made = () => {
    setAsking(false);
    list.reload();
    toast("The report is being made");
  };
  const ask = () => setAsking(true);
  const create = can("reports:write") && html`<${Button} kind="primary" icon="plus" disabled=${!program} onClick=${ask}>Create a report</${Button}>`;
  const empty = html`<${Empty} icon="reports" title="No reports yet">Transactions, redemptions or the liability journal of a period.</${Empty}>`;
  return html`
    <${Page} title="Reports" subtitle="Files for the books and for analysis" back=${{ to: "finance", label: "Finance" }} actions=${create}>
      <${Card} flush><${ListTable} list=${list} columns=${columns(program?.timezone)} caption="Reports" empty=${empty} /></${Card}>
      ${isAsking && html`<${NewReport} program=${program} onClose=${() => setAsking(false)} onMade=${made} />`}
    </${Page}>
  `;
}
