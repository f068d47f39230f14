// Store credit in words: what was granted and by whom, what it was spent on, what came back, what expired.

import { day, expandedOf, idOf, reasonWords } from "./words.js";
import { money } from "../../lib/format.js";

/** @typedef {import("./words.js").Names} Names */

const GRANTED = {
  adjustment: (row) => ({ kind: "credit_issued", title: "Issued by hand", sentence: [`${amountOf(row)} issued by hand: ${reasonWords(row.reason)}.`] }),
  reward: (row) => ({ kind: "credit_reward", title: "From a reward", sentence: [`${amountOf(row)} for a `, redemptionPiece(row), "."] }),
  opening_balance: (row) => ({ kind: "credit_opening", title: "Opening balance", sentence: [`${amountOf(row)} that the member brought from another system.`] }),
};
const MOVED = { redeem: spent, expire: expired, reverse: returned };

/** @param {object} row @param {Names} names */
export function explainCredit(row, names) {
  const told = row.explanation.award ? GRANTED[row.explanation.award.type]?.(row, names) : MOVED[row.type]?.(row, names);
  return told ?? { kind: "unknown", title: row.type, sentence: [`${amountOf(row)}, ${reasonWords(row.reason)}.`] };
}

function amountOf(row) {
  return money(Math.abs(row.amount), row.currency);
}

function redemptionPiece(row) {
  const name = expandedOf(row.redemption)?.reward_name ?? "redemption";
  return { text: name, to: `members/${idOf(row.account)}?tab=redemptions` };
}

function spent(row, names) {
  return { kind: "credit_spent", title: "Spent", sentence: [`${amountOf(row)} spent on ${row.payment ?? "a payment"}.`], steps: steps(row, names) };
}

function expired(row, names) {
  const when = row.explanation.expired_at ?? row.effective_at;
  const sentence = [`${amountOf(row)} expired on ${day(when, names)}: what was left of a credit that had this end.`];
  return { kind: "credit_expired", title: "Expired", sentence, steps: steps(row, names) };
}

function returned(row, names) {
  const sentence = [`${amountOf(row)} given back from ${row.payment ?? "a payment"}, for ${reasonWords(row.reason)}; it keeps the expiry that it had.`];
  return { kind: "credit_returned", title: "Given back", sentence, steps: steps(row, names) };
}

function steps(row, names) {
  const sign = row.amount > 0 ? "Back to" : "Taken from";
  return (row.explanation.lots ?? []).map((part) => ({ label: sign, value: [`${money(part.amount, row.currency)} · `, creditPiece(part.lot, names)] }));
}

function creditPiece(lot, names) {
  const credit = names.lots?.[lot];
  return { text: credit ? `the credit of ${day(credit.effective_at, names)}` : "an earlier credit" };
}
