// One report: whether it is there yet, and what it adds up to.

import { inWords, money, number, points } from "../../lib/format.js";
import { html, useEffect } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Table } from "../../ui/index.js";

const POLL_MILLISECONDS = 600;
const OPEN = ["pending", "running"];

/** @param {{status: string} | null | undefined} report @returns {boolean} whether it is still being made */
export const isOpen = (report) => OPEN.includes(report?.status);

/** Asks again, a little later, for as long as something is still being made. */
export function usePolling(open, reload) {
  useEffect(() => {
    if (!open) return undefined;
    const timer = setInterval(reload, POLL_MILLISECONDS);
    return () => clearInterval(timer);
  }, [open, reload]);
}

/** @param {string | null} id @returns a query of the report, which asks again until it is made */
export function useReport(id) {
  const query = useQuery(id && `/reports/${id}`);
  usePolling(isOpen(query.data), query.reload);
  return query;
}

/** @param {{error: null | {message: string}}} report @returns {string} why it failed */
export const failureOf = (report) => report.error?.message ?? "It could not be made.";

/** @param {{unit: string}} total @param {number} amount @returns {string} points, or money where the unit is a currency */
export function amountIn(total, amount) {
  return total.unit === "points" ? `${points(amount)} points` : money(amount, total.unit);
}

function unitText(total) {
  if (total.opening_balance === null || total.opening_balance === undefined) {
    return `${number(total.rows)} rows that come to ${amountIn(total, total.amount)}`;
  }
  return `${amountIn(total, total.opening_balance)} at first, ${amountIn(total, total.closing_balance)} at the end`;
}

const statusText = ({ status, ...counts }) => `${inWords(status)}: ${number(counts.points ?? 0)} points`;

/** @param {{totals: null | {units: object[], statuses: object[]}}} report @returns {string[]} what it adds up to */
export function totalsOf(report) {
  return [...(report.totals?.units ?? []).map(unitText), ...(report.totals?.statuses ?? []).map(statusText)];
}

const inMoney = (key) => (row) => money(row[key], row.currency);
const JOURNAL_COLUMNS = [
  { key: "unit", label: "Unit", render: (row) => (row.unit === "points" ? "Points" : `Store credit, ${row.unit}`) },
  { key: "opening_balance", label: "Opening", align: "end", priority: 2, render: (row) => amountIn(row, row.opening_balance) },
  { key: "closing_balance", label: "Closing", align: "end", render: (row) => amountIn(row, row.closing_balance) },
  { key: "credit", label: "More owed", align: "end", render: inMoney("credit") },
  { key: "debit", label: "Less owed", align: "end", render: inMoney("debit") },
  { key: "closing_value", label: "Closing in money", align: "end", priority: 2, render: inMoney("closing_value") },
];

/** @param {{report: object}} props of a liability journal that is made */
export function JournalTotals({ report }) {
  return html`<${Table} caption="Totals of the journal" columns=${JOURNAL_COLUMNS} rows=${report.totals.units} />`;
}
