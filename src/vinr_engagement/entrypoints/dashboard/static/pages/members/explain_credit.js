// Store credit in words: what was granted and by whom, what it was spent on, what came back, what expired.

import { byHandWords, day, expandedOf, idOf, reasonWords } from "./words.js";
import { money } from "../../lib/format.js";

/** @typedef {import("./words.js").Names} Names */

const GRANTED = { adjustment: issued, reward: rewarded, opening_balance: opened };
const MOVED = { redeem: spent, expire: expired, reverse: returned };

/** @param {object} row @param {Names} names */
export function explainCredit(row, names) {
  const { award } = row.explanation;
  const told = award ? GRANTED[award.type]?.(row, names) : MOVED[row.type]?.(row, names);
  return told ?? { kind: "unknown", title: row.type, sentence: [`${amountOf(row)}, ${reasonWords(row.reason)}.`] };
}

function amountOf(row) {
  return money(Math.abs(row.amount), row.currency);
}

function issued(row, names) {
  return { kind: "credit_issued", title: "Issued by hand", sentence: [`${amountOf(row)} issued by hand${byHandWords(row, names)}.`] };
}

function rewarded(row) {
  const name = expandedOf(row.redemption)?.reward_name ?? "redemption";
  const link = { text: name, to: `members/${idOf(row.account)}?tab=redemptions` };
  return { kind: "credit_reward", title: "From a reward", sentence: [`${amountOf(row)} for a `, link, "."] };
}

function opened(row) {
  return {
    kind: "credit_opening",
    title: "Opening balance",
    sentence: [`${amountOf(row)} that the member brought from another system.`],
  };
}

function spent(row, names) {
  const sentence = [`${amountOf(row)} spent on ${row.payment ?? "a payment"}.`];
  return { kind: "credit_spent", title: "Spent", sentence, steps: steps(row, names) };
}

function expired(row, names) {
  const when = row.explanation.expired_at ?? row.effective_at;
  const sentence = [`${amountOf(row)} expired on ${day(when, names)}: what was left of a credit that ended then.`];
  return { kind: "credit_expired", title: "Expired", sentence, steps: steps(row, names) };
}

function returned(row, names) {
  const why = reasonWords(row.reason);
  const from = row.payment ?? "a payment";
  const sentence = [`${amountOf(row)} given back from ${from}, after ${why}, with the expiry that it had.`];
  return { kind: "credit_returned", title: "Given back", sentence, steps: steps(row, names) };
}

function steps(row, names) {
  const label = row.amount > 0 ? "Back to" : "Taken from";
  return row.explanation.lots.map((part) => ({ label, value: [`${money(part.amount, row.currency)} · ${creditWords(part.lot, names)}`] }));
}

function creditWords(lot, names) {
  const credit = names.lots?.[lot];
  return credit ? `the credit of ${day(credit.effective_at, names)}` : "an earlier credit";
}
