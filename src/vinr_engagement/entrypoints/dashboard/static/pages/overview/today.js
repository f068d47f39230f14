// What happened today, beside the whole of yesterday.

import { number, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { Card, ErrorNotice, Skeleton } from "../../ui/index.js";

const LINES = [
  ["New members", (summary) => number(summary.enrollment.new)],
  ["Points earned", (summary) => points(summary.points.earned)],
  ["Points redeemed", (summary) => points(Math.abs(summary.points.redeemed))],
  ["Points expired", (summary) => points(Math.abs(summary.points.expired))],
  ["Clawed back", (summary) => points(Math.abs(summary.points.reversed))],
  ["Redemptions", (summary) => number(summary.redemptions.count)],
];

/**
 * The local day, in a timezone.
 *
 * @param {string | Date} instant @param {string} zone an IANA name @param {number} [offset] days from it
 * @returns {string} YYYY-MM-DD
 */
export function dayIn(instant, zone, offset = 0) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).formatToParts(new Date(instant));
  const value = (type) => Number(parts.find((part) => part.type === type).value);
  return new Date(Date.UTC(value("year"), value("month") - 1, value("day") + offset)).toISOString().slice(0, 10);
}

function useDay(program, gte, lt) {
  const params = { program: program.id, "period[gte]": gte, ...(lt && { "period[lt]": lt }) };
  return useQuery(gte && "/loyalty/analytics/summary", params, { refreshOn: ["loyalty."] });
}

function Row({ label, today, before }) {
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td class="numeric overview-today-now">${today}</td>
      <td class="numeric muted">${before}</td>
    </tr>
  `;
}

/** @param {{program: {id: string, timezone: string}}} props */
export function Today({ program }) {
  const { now } = useClock();
  const day = now && dayIn(now, program.timezone);
  const today = useDay(program, day);
  const before = useDay(program, now && dayIn(now, program.timezone, -1), day);
  if (today.error) return html`<${Card} title="Today"><${ErrorNotice} error=${today.error} retry=${today.reload} /><//>`;
  if (!today.data || !before.data) return html`<${Card} title="Today"><${Skeleton} lines=${6} /><//>`;
  const row = ([label, read]) => html`<${Row} key=${label} label=${label} today=${read(today.data)} before=${read(before.data)} />`;
  return html`
    <${Card} title="Today" subtitle=${`Since midnight in ${program.timezone}`} flush>
      <table class="overview-today">
        <caption class="visually-hidden">Today against yesterday</caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col" class="numeric">Today</th>
            <th scope="col" class="numeric">Yesterday</th>
          </tr>
        </thead>
        <tbody>${LINES.map(row)}</tbody>
      </table>
    <//>
  `;
}
