// What happened today, beside the whole of yesterday.

import { number, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { dayOf } from "../../lib/zone.js";
import { Card, ErrorNotice, Skeleton } from "../../ui/index.js";

const LINES = [
  ["New members", (summary) => number(summary.enrollment.new)],
  ["Points earned", (summary) => points(summary.points.earned)],
  ["Points redeemed", (summary) => points(Math.abs(summary.points.redeemed))],
  ["Points expired", (summary) => points(Math.abs(summary.points.expired))],
  ["Clawed back", (summary) => points(Math.abs(summary.points.reversed))],
  ["Redemptions", (summary) => number(summary.redemptions.count)],
];

const DAY = 86_400_000;
/** The day before a day: `2026-03-01` after `2026-02-28`. */
const dayBefore = (day) => new Date(Date.parse(`${day}T00:00Z`) - DAY).toISOString().slice(0, 10);

function useDays(program, gte, lt) {
  const params = { program: program.id, "period[gte]": gte, "period[lt]": lt };
  return useQuery("/loyalty/analytics/summary", params, { refreshOn: ["loyalty."] });
}

function Row({ label, today, before }) {
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td class="figure now">${today}</td>
      <td class="figure muted">${before}</td>
    </tr>
  `;
}

/** @param {{program: {id: string, timezone: string}}} props */
export function Today({ program }) {
  const { now } = useClock();
  const day = dayOf(now, program.timezone);
  const today = useDays(program, day);
  const before = useDays(program, dayBefore(day), day);
  if (today.error) return html`<${Card} title="Today"><${ErrorNotice} error=${today.error} retry=${today.reload} /></${Card}>`;
  if (!today.data || !before.data) return html`<${Card} title="Today"><${Skeleton} lines=${6} /></${Card}>`;
  const row = ([label, read]) => html`<${Row} key=${label} label=${label} today=${read(today.data)} before=${read(before.data)} />`;
  return html`
    <${Card} title="Today" subtitle=${`Since midnight in ${program.timezone}`}>
      <table class="overview-today">
        <caption class="visually-hidden">Today against yesterday</caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col" class="end">Today</th>
            <th scope="col" class="end">Yesterday</th>
          </tr>
        </thead>
        <tbody>${LINES.map(row)}</tbody>
      </table>
    </${Card}>
  `;
}
