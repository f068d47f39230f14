// Closing a month: opening, movements, closing, that they add up, and the journal for the books.

import { money, month, points, signed } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useClock } from "../../lib/session.js";
import { Badge, Card, ErrorNotice, Notice, Select, Skeleton } from "../../ui/index.js";
import { dayIn } from "../overview/today.js";
import { JournalExport } from "./journal.js";

const MOST_MONTHS = 36;

/** What changes what is owed: its name, its meaning, and the direction that it goes in. */
const MOVEMENTS = [
  ["earned", "Earned", "Granted for purchases and other events", 1],
  ["adjusted", "Adjusted", "Granted or taken by hand", 0],
  ["redeemed", "Redeemed", "Used for rewards", -1],
  ["returned", "Returned", "Given back by redemptions that came to nothing", 1],
  ["reversed", "Clawed back", "Taken back by refunds", -1],
  ["expired", "Expired", "Lost: less is owed, and nothing was given", -1],
];

/** @param {number} direction 0 for a figure that has its own sign @param {number} value @returns {number} */
const withSign = (direction, value) => (direction === 0 ? value : direction * Math.abs(value));

/**
 * The lines of the reconciliation.
 *
 * @param {object} figures `points` of a summary
 * @returns {{lines: {key: string, label: string, about: string, amount: number}[], sum: number, difference: number}}
 */
export function reconcile(figures) {
  const lines = MOVEMENTS.map(([key, label, about, direction]) => ({ key, label, about, amount: withSign(direction, figures[key]) }));
  const sum = lines.reduce((total, line) => total + line.amount, figures.outstanding_before);
  return { lines, sum, difference: figures.outstanding - sum };
}

/** @param {string} first YYYY-MM @param {number} offset months from it @returns {string} YYYY-MM */
export function monthAfter(first, offset) {
  const [year, index] = first.split("-").map(Number);
  return new Date(Date.UTC(year, index - 1 + offset, 1)).toISOString().slice(0, 7);
}

/** The months that can be closed, the last first, that which goes on included. */
function monthsOf(program, now) {
  const current = dayIn(now, program.timezone).slice(0, 7);
  return Array.from({ length: MOST_MONTHS }, (_, back) => monthAfter(current, -back));
}

function Line({ label, about, amount, worth, kind = "" }) {
  return html`
    <tr class=${kind}>
      <th scope="row">${label}${about && html`<small class="muted">${about}</small>`}</th>
      <td class="numeric">${amount}</td>
      <td class="numeric">${worth}</td>
    </tr>
  `;
}

function Statement({ chosen, summary, program }) {
  const { points: figures } = summary;
  const worth = (amount) => money(amount * program.currency.point_value, program.default_currency);
  const { lines } = reconcile(figures);
  const movement = (line) =>
    html`<${Line} key=${line.key} label=${line.label} about=${line.about} amount=${signed(line.amount)} worth=${worth(line.amount)} />`;
  return html`
    <table class="finance-statement">
      <caption class="visually-hidden">Movements of ${month(chosen)}</caption>
      <thead>
        <tr>
          <th scope="col">${month(chosen)}</th>
          <th scope="col" class="numeric">Points</th>
          <th scope="col" class="numeric">Worth</th>
        </tr>
      </thead>
      <tbody>
        <${Line} label="Opening" kind="strong" amount=${points(figures.outstanding_before)} worth=${worth(figures.outstanding_before)} />
        ${lines.map(movement)}
        <${Line} label="Closing" kind="strong total" amount=${points(figures.outstanding)} worth=${worth(figures.outstanding)} />
      </tbody>
    </table>
  `;
}

/** Whether opening and movements make the closing: read twice, from totals and from the ledger. */
function Reconciliation({ figures }) {
  const { sum, difference } = reconcile(figures);
  if (difference === 0) {
    return html`
      <p class="finance-reconciled">
        <${Badge} tone="green">Reconciled<//> Opening and movements make ${points(sum)}; closing is ${points(figures.outstanding)}: the difference is 0.
      </p>
    `;
  }
  return html`
    <${Notice} tone="red" title="This month does not add up">
      Opening and movements make ${points(sum)}, closing is ${points(figures.outstanding)}: a difference of ${signed(difference)}. Run
      <code>vinr verify</code> before you close it.
    <//>
  `;
}

function Month({ chosen, program, unfinished }) {
  const params = { program: program.id, "period[gte]": `${chosen}-01`, "period[lt]": `${monthAfter(chosen, 1)}-01` };
  const { data, error, reload } = useQuery("/loyalty/analytics/summary", params, { refreshOn: unfinished ? ["loyalty.points"] : [] });
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (!data) return html`<${Skeleton} lines=${9} />`;
  return html`
    ${unfinished && html`<${Notice} tone="amber" title="This month goes on">Its figures change until it is over: close it then.<//>`}
    <${Statement} chosen=${chosen} summary=${data} program=${program} />
    <${Reconciliation} figures=${data.points} />
    <${JournalExport} key=${chosen} program=${program} period=${{ gte: params["period[gte]"], lt: params["period[lt]"] }} figures=${data.points} />
  `;
}

/** @param {{program: object}} props */
export function Close({ program }) {
  const { now } = useClock();
  const [params, set] = useQueryParams();
  const [months] = useState(() => monthsOf(program, now ?? new Date()));
  const chosen = months.includes(params.month) ? params.month : months[1];
  const select = html`
    <${Select}
      name="month"
      aria-label="Month"
      label="Month"
      value=${chosen}
      options=${months.map((each) => [each, month(each)])}
      onChange=${(value) => set({ month: value })}
    />
  `;
  return html`
    <${Card} title="Close a period" subtitle=${`A month in ${program.timezone}, by when things were recorded`} actions=${select}>
      <${Month} key=${chosen} chosen=${chosen} program=${program} unfinished=${chosen === months[0]} />
    <//>
  `;
}
