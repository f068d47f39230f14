// The liability journal of a period: asked for, waited for, downloaded.

import { number } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { Button, ErrorNotice, Select } from "../../ui/index.js";
import { Totals, useReport } from "./report.js";

export const FORMATS = [
  ["csv", "CSV"],
  ["parquet", "Parquet"],
];

/** A file's name that says what is in it. */
export function fileName(report) {
  const day = (bound) => String(bound).slice(0, 10);
  return `${report.type.replaceAll("_", "-")}-${day(report.period.gte)}-to-${day(report.period.lt)}.${report.format}`;
}

/** @param {object} report @returns {Promise<void>} */
export const download = (report) => api.download(`/reports/${report.id}/download`, fileName(report));

function Ready({ report }) {
  const saving = useAction(() => download(report));
  if (report.status === "failed") return html`<p role="alert">The journal could not be made: ${report.error?.message ?? report.error}</p>`;
  if (report.status !== "completed") return html`<p role="status">The journal is being made…</p>`;
  return html`
    <div class="finance-journal-ready" role="status">
      <p>The journal is ready: ${number(report.rows)} rows.</p>
      <${Totals} totals=${report.totals} />
      <${Button} kind="primary" icon="download" busy=${saving.busy} onClick=${saving.run}>Download the journal<//>
      ${saving.error && html`<${ErrorNotice} error=${saving.error} />`}
    </div>
  `;
}

/** @param {{program: {id: string}, period: {gte: string, lt: string}}} props */
export function JournalExport({ program, period }) {
  const [format, setFormat] = useState("csv");
  const [id, setId] = useState(null);
  const report = useReport(id);
  const asking = useAction(async () => {
    const made = await api.post("/reports", { type: "liability_journal", program: program.id, period, format });
    setId(made.id);
  });
  const busy = asking.busy || (id !== null && !["completed", "failed"].includes(report.data?.status));
  return html`
    <div class="finance-journal">
      <h3>Liability journal</h3>
      <p class="muted">Every movement of the month, summed for the books. It stays under <${Link} to="reports">Reports<//>.</p>
      <div class="finance-journal-form">
        <${Select} name="format" aria-label="Format" label="Format" value=${format} options=${FORMATS} onChange=${setFormat} />
        <${Button} busy=${busy} onClick=${asking.run}>Export the journal<//>
      </div>
      ${asking.error && html`<${ErrorNotice} error=${asking.error} />`}
      ${report.data && html`<${Ready} report=${report.data} />`}
    </div>
  `;
}
