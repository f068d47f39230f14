// One report: whether it is there yet, and what it adds up to.

import { money, number } from "../../lib/format.js";
import { html, useEffect } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { DefinitionList } from "../../ui/index.js";
import { inWords } from "../overview/sentence.js";

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

function textOf(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return number(value);
  if (typeof value === "object" && "amount" in value) return money(value.amount, value.currency);
  return String(value);
}

/** Control totals under their names; what is nested comes as `Debit, points`. */
export function itemsOf(totals, prefix = "") {
  return Object.entries(totals ?? {}).flatMap(([key, value]) => {
    const label = prefix ? `${prefix}, ${key.replaceAll("_", " ")}` : inWords(key);
    const nested = value !== null && typeof value === "object" && !("currency" in value);
    return nested ? itemsOf(value, label) : [[label, textOf(value)]];
  });
}

/** @param {{totals: object | null}} props */
export function Totals({ totals }) {
  const items = itemsOf(totals);
  return items.length === 0 ? null : html`<${DefinitionList} items=${items} />`;
}
