// Closing a month: opening, movements, closing, that they add up, and the journal for the books.

import { money, month, points, signed } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useClock } from "../../lib/session.js";
import { dayOf } from "../../lib/zone.js";
import { Badge, Card, ErrorNotice, Notice, Select, Skeleton } from "../../ui/index.js";
import { JournalExport } from "./journal.js";
import { firstDayOf, monthAfter } from "./months.js";
import { reconcile } from "./reconcile.js";

const MOST_MONTHS = 36;

/** The months that can be looked at, the one that goes on first. */
function monthsOf(program, now) {
  const current = dayOf(now, program.timezone).slice(0, 7);
  return Array.from({ length: MOST_MONTHS }, (_, back) => monthAfter(current, -back));
}

function Line({ label, about, points: amount, worth, kind }) {
  return html`
    <tr class=${kind}>
      <th scope="row">${label}${about && html`<small>${about}</small>`}</th>
      <td class="figure">${amount}</td>
      <td class="figure">${worth}</td>
    </tr>
  `;
}

function Statement({ chosen, figures, program }) {
  const worth = (amount) => money(amount * program.currency.point_value, program.default_currency);
  const { outstanding_before: opening, outstanding: closing } = figures;
  return html`
    <table class="finance-statement">
      <caption class="visually-hidden">Movements of ${month(chosen)}</caption>
      <thead><tr><th scope="col">${month(chosen)}</th><th scope="col">Points</th><th scope="col">Worth</th></tr></thead>
      <tbody>
        <${Line} label="Opening" kind="strong" points=${points(opening)} worth=${worth(opening)} />
        ${reconcile(figures).lines.map(
          ({ key, amount, ...line }) => html`<${Line} key=${key} ...${line} points=${signed(amount)} worth=${worth(amount)} />`,
        )}
        <${Line} label="Closing" kind="strong total" points=${points(closing)} worth=${worth(closing)} />
      </tbody>
    </table>
  `;
}

function Reconciliation({ figures }) {
  const { sum, difference } = reconcile(figures);
  const said = `Opening and movements make ${points(sum)}, closing is ${points(figures.outstanding)}`;
  if (difference === 0) {
    return html`<p class="finance-reconciled" role="status"><${Badge} tone="green">Reconciled</${Badge}> ${said}: the difference is 0.</p>`;
  }
  return html`
    <${Notice} tone="red" title="This month does not add up">
      ${said}: the difference is ${signed(difference)}. Run <code>vinr verify</code> before you close it.
    </${Notice}>
  `;
}

function Month({ chosen, program, goesOn }) {
  const period = { gte: firstDayOf(chosen), lt: firstDayOf(monthAfter(chosen, 1)) };
  const params = { program: program.id, "period[gte]": period.gte, "period[lt]": period.lt };
  const { data, error, reload } = useQuery("/loyalty/analytics/summary", params, { refreshOn: ["loyalty.points"] });
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (!data) return html`<${Skeleton} lines=${9} />`;
  return html`
    <div class="stack gap-4">
      ${goesOn && html`<${Notice} tone="amber" title="This month goes on">Its figures change until it is over: close it then.</${Notice}>`}
      <${Statement} chosen=${chosen} figures=${data.points} program=${program} />
      <${Reconciliation} figures=${data.points} />
      <${JournalExport} program=${program} period=${period} figures=${data.points} />
    </div>
  `;
}

/** @param {{program: object}} props */
export function Close({ program }) {
  const { now } = useClock();
  const [params, set] = useQueryParams();
  const months = monthsOf(program, now);
  const chosen = months.includes(params.month) ? params.month : months[1];
  const options = months.map((each) => [each, month(each)]);
  const select = html`<${Select} aria-label="Month" value=${chosen} options=${options} onChange=${(value) => set({ month: value })} />`;
  return html`
    <${Card} title="Close a period" subtitle=${`By when things happened, in ${program.timezone}`} actions=${select}>
      <${Month} key=${chosen} chosen=${chosen} program=${program} goesOn=${chosen === months[0]} />
    </${Card}>
  `;
}
