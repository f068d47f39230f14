// The liability journal of a period: asked for, waited for, compared with the statement, downloaded.

import { api } from "../../lib/api.js";
import { number, plural, points } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { dayOf } from "../../lib/zone.js";
import { Badge, Button, ErrorNotice, Notice, Select } from "../../ui/index.js";
import { failureOf, isOpen, JournalTotals, useReport } from "./report.js";

export const FORMATS = [
  ["csv", "CSV"],
  ["parquet", "Parquet"],
];

/**
 * Saves the file of a report, under a name that says what is in it.
 *
 * @param {object} report
 * @param {string} zone  of its program: the name has the first and the last day
 */
export function download(report, zone) {
  const { type, program, period, format } = report;
  const last = new Date(Date.parse(period.lt) - 1).toISOString();
  return api.download(`/reports/${report.id}/download`, `${type}_${program}_${dayOf(period.gte, zone)}_${dayOf(last, zone)}.${format}`);
}

/** Whether the journal ends where the statement does, and what came late. */
function Compared({ report, figures }) {
  const journal = report.totals.units.find(({ unit }) => unit === "points");
  const same = journal.opening_balance === figures.outstanding_before && journal.closing_balance === figures.outstanding;
  const late = journal.recorded_after_period;
  if (!same) {
    return html`
      <${Notice} tone="red" title="The journal differs from the statement">
        It ends at ${points(journal.closing_balance)} points. Something that belongs to this month was recorded in between: export it again.
      </${Notice}>
    `;
  }
  return html`
    <p><${Badge} tone="green">Equal</${Badge}> Opening and closing are those of the statement above.</p>
    ${late.rows > 0 && html`<p class="muted">${plural(late.rows, "row", "rows")} of it came after the month was over: ${points(late.amount)} points.</p>`}
  `;
}

function Ready({ report, figures, zone }) {
  const saving = useAction(() => download(report, zone));
  if (report.status === "failed") return html`<${Notice} tone="red" title="The journal could not be made">${failureOf(report)}</${Notice}>`;
  if (isOpen(report)) return html`<p role="status">The journal is being made…</p>`;
  return html`
    <div class="stack gap-3" role="status">
      <${Compared} report=${report} figures=${figures} />
      <${JournalTotals} report=${report} />
      <${Button} kind="primary" icon="download" busy=${saving.busy} onClick=${saving.run}>Download ${number(report.rows)} lines</${Button}>
      ${saving.error && html`<${ErrorNotice} error=${saving.error} />`}
    </div>
  `;
}

function Ask({ format, setFormat, asking, busy }) {
  return html`
    <div class="finance-journal-form">
      <${Select} aria-label="Format" value=${format} options=${FORMATS} onChange=${setFormat} />
      <${Button} busy=${busy} onClick=${asking.run}>Export the journal</${Button}>
    </div>
    ${asking.error && html`<${ErrorNotice} error=${asking.error} />`}
  `;
}

/** @param {{program: object, period: {gte: string, lt: string}, figures: object}} props */
export function JournalExport({ program, period, figures }) {
  const { can } = useSession();
  const [format, setFormat] = useState("csv");
  const [id, setId] = useState(null);
  const report = useReport(id);
  const asking = useAction(async () => {
    const made = await api.post("/reports", { type: "liability_journal", program: program.id, period, format });
    setId(made.id);
  });
  const busy = asking.busy || (id !== null && (!report.data || isOpen(report.data)));
  return html`
    <section class="finance-journal" aria-labelledby="journal-title">
      <h3 id="journal-title">Liability journal</h3>
      <p class="muted">
        A line for each day, with what was owed, what changed it, and that in money. It stays under <${Link} to="reports">Reports</${Link}>.
      </p>
      ${can("reports:write") && html`<${Ask} ...${{ format, setFormat, asking, busy }} />`}
      ${report.data && html`<${Ready} report=${report.data} figures=${figures} zone=${program.timezone} />`}
    </section>
  `;
}
