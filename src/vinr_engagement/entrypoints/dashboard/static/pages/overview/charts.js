// What went in and out of members' hands, and what is owed, over the period.

import { digitsOf, money, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Card, Chart, ErrorNotice, Skeleton } from "../../ui/index.js";
import { burned } from "./figures.js";

const TIMESERIES = "/loyalty/analytics/timeseries";

/** @returns the answer for these metrics over the chosen period, in its interval */
function useSeries(program, period, metrics) {
  const params = {
    program: program.id,
    metrics,
    interval: period.interval,
    "period[gte]": period.gte,
    "period[lt]": period.lt,
  };
  return useQuery(TIMESERIES, params, { refreshOn: ["loyalty.points"] });
}

function Plotted({ query, children }) {
  if (query.error) return html`<${ErrorNotice} error=${query.error} retry=${query.reload} />`;
  return query.data ? children(query.data.data) : html`<${Skeleton} lines=${7} />`;
}

const starts = (data) => data.map((point) => point.start);
const valuesOf = (data, read) => data.map((point) => read(point.values));

/** Bars: points earned, and points redeemed, expired and clawed back. */
export function EarnedAndBurned({ program, period }) {
  const query = useSeries(program, period, "earned,redeemed,expired,reversed");
  const series = (data) => [
    { label: "Earned", values: valuesOf(data, (values) => values.earned), tone: "green" },
    { label: "Burned", values: valuesOf(data, burned), tone: "violet" },
  ];
  return html`
    <${Card} title="Earned and burned" subtitle="Burned is what was redeemed, expired or clawed back">
      <${Plotted} query=${query}>
        ${(data) =>
          html`<${Chart}
            kind="bar"
            label="Points earned and burned"
            x=${starts(data)}
            series=${series(data)}
            format=${points}
            height=${260}
            zone=${program.timezone}
          />`}
      </${Plotted}>
    </${Card}>
  `;
}

/** A line: what the outstanding points redeem for. */
export function LiabilityTrend({ program, period, summary }) {
  const query = useSeries(program, period, "points_liability");
  const { amount, currency } = summary.points_liability;
  const series = (data) => [
    { label: "Liability", values: valuesOf(data, (values) => amountOf(values.points_liability)), tone: "blue" },
  ];
  return html`
    <${Card} title="Liability" subtitle=${`${money(amount, currency)} at the end of the period`}>
      <${Plotted} query=${query}>
        ${(data) =>
          html`<${Chart}
            kind="line"
            label="Liability in money"
            x=${starts(data)}
            series=${series(data)}
            format=${(minor) => money(minor, currency)}
            axis=${(minor) => shortMoney(minor, currency)}
            height=${200}
            zone=${program.timezone}
          />`}
      </${Plotted}>
    </${Card}>
  `;
}

/** Without its cents, for an axis: £76K. */
function shortMoney(minor, currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 });
  return format.format(minor / 10 ** digitsOf(currency));
}

const amountOf = (value) => (value !== null && typeof value === "object" ? value.amount : value);

