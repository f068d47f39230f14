// Why a ledger row is what it is, in plain words: one sentence, the steps of its arithmetic, and what else is to know.
// Every shape of an explanation that the API has is told here; a test reads them all.

import { explainAward } from "./explain_award.js";
import { explainCredit } from "./explain_credit.js";
import { explainDebit } from "./explain_debit.js";
import { countOf, day, expandedOf, idOf, reasonWords, spaced } from "./words.js";

/** @typedef {import("./words.js").Piece} Piece */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {{label: string, value: Piece[], total?: boolean}} Step */
/** @typedef {{kind: string, title: string, sentence: Piece[], steps: Step[], notes: Piece[][]}} Explained */

/**
 * A row of points, or of store credit, in words. Fields may be expanded; `names` says what is known besides.
 * @param {object} row @param {Names} [names] @returns {Explained}
 */
export function explain(row, names = {}) {
  const told = row.object === "credit_transaction" ? explainCredit(row, names) : explainPoints(row, names);
  return { steps: [], ...told, notes: [...(told.notes ?? []), ...circumstances(row, names)] };
}

/** The text of a sentence without its links. @param {Piece[]} pieces */
export function textOf(pieces) {
  return pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("");
}

function explainPoints(row, names) {
  const told = row.explanation.award ? explainAward(row, names) : explainDebit(row, names);
  return told ?? unknown(row);
}

/** What no shape above fits; a test sees that there is none. */
function unknown(row) {
  return { kind: "unknown", title: spaced(row.type), sentence: [`${countOf(row.amount)}, ${reasonWords(row.reason)}.`] };
}

/** What is true of any row: whether it waits, what it paid off, whose it was. */
function circumstances(row, names) {
  return [...pending(row, names), ...paidDebt(row), ...merged(row)];
}

function pending(row, names) {
  const waits = row.amount > 0 && row.available_at && row.available_at > row.created_at;
  return waits ? [[`Pending until ${day(row.available_at, names)}, in case the money goes back.`]] : [];
}

/** An available credit on a debt pays that first; the ledger says so by the balance after it. */
function paidDebt(row) {
  const before = row.balance_after - row.amount;
  const waits = row.available_at && row.available_at > row.created_at;
  const returned = row.explanation.debt !== undefined;
  if (row.unit !== "points" || row.amount <= 0 || before >= 0 || waits || returned) return [];
  const paid = Math.min(row.amount, -before);
  return [[`${countOf(paid)} of it paid off what the member owed.`]];
}

function merged(row) {
  const [owner, original] = [idOf(row.account), idOf(row.original_account)];
  if (owner === original) return [];
  return [["Written for ", { text: original, to: `members/${original}` }, ", which was merged into this member."]];
}

/** The name of the rule, the campaign or the redemption behind a row, to search and to show. @param {object} row */
export function originOf(row) {
  const rule = expandedOf(row.rule);
  const campaign = expandedOf(row.campaign);
  const redemption = expandedOf(row.redemption);
  return redemption?.reward_name ?? rule?.name ?? campaign?.name ?? null;
}
