// What is owed now: in all, by when it was earned, and by when it will expire.

import { dateTime, money, month, number, percent, plural, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Card, Chart, DefinitionList, ErrorNotice, Notice, Skeleton, Stat, Table, usePeriod } from "../../ui/index.js";

const worth = (liability, minor) => money(minor, liability.currency);

function Outstanding({ liability }) {
  const { points: held, points_liability: owed, estimate } = liability;
  const expected = estimate.expected_liability;
  return html`
    <section class="figures" aria-label="Owed now">
      <${Stat} label="Liability" value=${money(owed.amount, owed.currency)} hint="All points held, at what they redeem for" />
      <${Stat}
        label="Expected to be redeemed"
        value=${estimate.expected_redemption_rate === null ? "–" : money(expected.amount, expected.currency)}
        hint=${estimate.expected_redemption_rate === null ? "Too little history" : `${percent(estimate.expected_redemption_rate)} of the points`}
      />
      <${Stat} label="Points outstanding" value=${points(held.outstanding)} hint="That members can spend, or will" />
      <${Stat} label="Pending" value=${points(held.pending)} hint="Of them, not yet available" />
      <${Stat} label="Debt" value=${points(held.debt)} hint="Of balances below zero, already taken off" />
    </section>
  `;
}

const MONTH = { key: "month", label: "Month", render: (row) => month(row.month) };
const POINTS = { key: "points", label: "Points", align: "end", render: (row) => points(row.points) };

function vintageColumns(liability) {
  return [
    { ...MONTH, label: "Earned in" },
    POINTS,
    { key: "amount", label: "Worth", align: "end", render: (row) => worth(liability, row.amount) },
    {
      key: "share",
      label: "Share",
      align: "end",
      priority: 3,
      render: (row) => percent(liability.points.held ? row.points / liability.points.held : 0),
    },
    {
      key: "expected",
      label: "Expected to be redeemed",
      align: "end",
      priority: 2,
      render: (row) => (row.expected_points === null ? "–" : points(row.expected_points)),
    },
  ];
}

function expiryColumns(liability) {
  return [
    { ...MONTH, label: "Expires in", render: (row) => (row.month ? month(row.month) : "Never") },
    POINTS,
    { key: "amount", label: "Worth", align: "end", render: (row) => worth(liability, row.amount) },
  ];
}

/** @param {string} text YYYY-MM @returns {string} its first instant, for the axis of a chart */
export const firstOf = (text) => `${text}-01T00:00:00Z`;

/** A row with the sums, as wide as the table. */
function footerOf(columns, rows, liability) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return ["All", points(sum("points")), worth(liability, sum("amount")), ...columns.slice(3).map(() => "")];
}

function ByMonth({ title, subtitle, label, liability, rows, columns, tone, empty }) {
  const dated = rows.filter((row) => row.month);
  const series = [{ label: "Points", values: dated.map((row) => row.points), tone }];
  return html`
    <${Card} title=${title} subtitle=${subtitle} flush>
      ${
        dated.length > 1 &&
        html`<div class="finance-chart">
          <${Chart} kind="bar" label=${label} x=${dated.map((row) => firstOf(row.month))} series=${series} format=${points} height=${200} />
        </div>`
      }
      <${Table} caption=${label} columns=${columns} rows=${rows} empty=${empty} footer=${footerOf(columns, rows, liability)} />
    </${Card}>
  `;
}

/** How the estimate was made, and what it started from. */
function Estimate({ liability }) {
  const { estimate } = liability;
  const items = [
    ["Expected redemption rate", estimate.expected_redemption_rate === null ? "No estimate" : percent(estimate.expected_redemption_rate)],
    ["Points expected to be redeemed", estimate.expected_points === null ? "–" : points(estimate.expected_points)],
    ["What they redeem for", estimate.expected_liability ? worth(liability, estimate.expected_liability.amount) : "–"],
    ["Expected never to be used (breakage)", breakageOf(liability)],
  ];
  return html`
    <${Card} title="Expected redemption" subtitle="An estimate, for information: what is owed above does not use it">
      <div class="stack gap-4">
        <${DefinitionList} items=${items} />
        <div><h3>How it is estimated</h3><p class="finance-method">${estimate.method}</p></div>
      </div>
    </${Card}>
  `;
}

function breakageOf(liability) {
  const expected = liability.estimate.expected_points;
  return expected === null ? "–" : `${points(liability.points.held - expected)} points`;
}

/** Breakage so far, and the redemption rate, as the summary has them. */
function SoFar({ program }) {
  const { gte, lt, label } = usePeriod();
  const params = { program: program.id, "period[gte]": gte, "period[lt]": lt };
  const { data } = useQuery("/loyalty/analytics/summary", params, { refreshOn: ["loyalty.points"] });
  if (!data) return html`<${Card} title="So far"><${Skeleton} lines=${3} /></${Card}>`;
  const items = [
    [`Redemption rate, ${label.toLowerCase()}`, data.redemption_rate === null ? "–" : percent(data.redemption_rate)],
    ["Points expired (breakage)", points(data.breakage.points)],
    ["Breakage rate", data.breakage.rate === null ? "–" : percent(data.breakage.rate)],
    ["Members active in 90 days", number(data.active_members_90d)],
  ];
  return html`<${Card} title="So far" subtitle="What became of points"><${DefinitionList} items=${items} /></${Card}>`;
}

/** @param {{program: {id: string, timezone: string}}} props */
export function Liability({ program }) {
  const { data, error, reload } = useQuery("/loyalty/analytics/liability", { program: program.id }, { refreshOn: ["loyalty.points"] });
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (!data) return html`<${Skeleton} lines=${12} />`;
  return html`
    ${
      data.unsettled_accounts > 0 &&
      html`<${Notice} tone="amber" title="Not all is counted yet">
        ${plural(data.unsettled_accounts, "member whom time has changed is", "members whom time has changed are")} left out until the worker comes to them.
      </${Notice}>`
    }
    <${Outstanding} liability=${data} />
    <div class="finance-columns">
      <${ByMonth}
        title="By month of earning"
        subtitle="What is left of each month’s points (vintage)"
        label="Points outstanding by month of earning"
        liability=${data}
        rows=${data.by_earning_month}
        columns=${vintageColumns(data)}
        tone="blue"
        empty="No points are outstanding."
      />
      <${ByMonth}
        title="By month of expiry"
        subtitle="What expires when, if nobody spends it"
        label="Points outstanding by month of expiry"
        liability=${data}
        rows=${data.by_expiry_month}
        columns=${expiryColumns(data)}
        tone="amber"
        empty="No points are outstanding."
      />
      <${Estimate} liability=${data} />
      <${SoFar} program=${program} />
    </div>
    <p class="muted">As of ${dateTime(data.as_of, program.timezone)}, months in ${program.timezone}.</p>
  `;
}
