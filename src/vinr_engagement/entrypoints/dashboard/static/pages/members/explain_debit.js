// What takes points, and what gives them back, in words: which lots, for what, and what could not be taken.

import { byHandWords, countOf, day, expandedOf, idOf, reasonWords } from "./words.js";
import { points } from "../../lib/format.js";

/** @typedef {import("./words.js").Piece} Piece */
/** @typedef {import("./words.js").Names} Names */

const BY_TYPE = { redeem: redeemed, expire: expired, adjust: takenByHand, reverse: reversed };
const SHOWN_LOTS = 3;

/** @param {object} row @param {Names} names @returns what `explain` shows, or null for a row of a type that is not known */
export function explainDebit(row, names) {
  return BY_TYPE[row.type]?.(row, names) ?? null;
}

function redeemed(row, names) {
  const redemption = expandedOf(row.redemption);
  const count = redemption?.quantity > 1 ? `${redemption.quantity} × ` : "";
  const what = redemptionPiece(row, redemption?.reward_name ?? "a reward");
  const offer = row.campaign ? [" at the price of ", campaignPiece(row)] : [];
  return {
    kind: "redemption",
    title: redemption?.reward_name ?? "Redemption",
    sentence: [`${countOf(-row.amount)} for ${count}`, what, ...offer, ", from ", ...listOf(row.explanation.lots, names), "."],
    steps: lotSteps(row, names),
  };
}

function redemptionPiece(row, name) {
  return idOf(row.redemption) === null ? name : { text: name, to: `members/${idOf(row.account)}?tab=redemptions` };
}

function campaignPiece(row) {
  return { text: `campaign ${expandedOf(row.campaign)?.name ?? idOf(row.campaign)}`, to: `campaigns/${idOf(row.campaign)}` };
}

function expired(row, names) {
  const [part] = row.explanation.lots;
  const when = row.explanation.expired_at ?? row.effective_at;
  const sentence = [`${countOf(-row.amount)} expired on ${day(when, names)}: what was left of `, ...lotPieces(part.lot, names), "."];
  return { kind: "expiry", title: "Expired", sentence, steps: lotSteps(row, names) };
}

/** A debit by hand, or a debt brought from elsewhere; what no lot had is owed. */
function takenByHand(row, names) {
  const { lots } = row.explanation;
  const opening = row.reason === "opening_balance";
  const owed = -row.amount - lots.reduce((sum, part) => sum + part.amount, 0);
  const why = opening ? " owed when the member came from another system" : ` taken by hand${byHandWords(row, names)}`;
  const from = lots.length > 0 ? [", from ", ...listOf(lots, names)] : [];
  return {
    kind: opening ? "opening" : "adjustment",
    title: opening ? "Opening balance" : "Taken by hand",
    sentence: [`${countOf(-row.amount)}${why}`, ...from, "."],
    steps: lotSteps(row, names),
    notes: owed > 0 && !opening ? [[`${countOf(owed)} of it went beyond what was there, and ${beOwed(owed)}.`]] : [],
  };
}

function beOwed(amount) {
  return amount === 1 ? "is owed" : "are owed";
}

function reversed(row, names) {
  return row.explanation.due === undefined || row.explanation.due === null ? givenBack(row, names) : clawedBack(row, names);
}

/** A redemption that was released, or whose payment was refunded: the points return to the lots that they came from. */
function givenBack(row, names) {
  const name = expandedOf(row.redemption)?.reward_name ?? "a redemption";
  const { lots, debt } = row.explanation;
  const why = row.reason === "redemption_reversed" ? "was used on a payment that was refunded in full" : "was released";
  const what = debt > 0 ? ` The other ${points(row.amount - debt)} are` : " They are";
  const back = lots.length > 0 ? [`${what} back in `, ...listOf(lots, names), ", with the expiry that they had."] : [];
  return {
    kind: "return",
    title: `${name} given back`,
    sentence: [`${countOf(row.amount)} returned: `, redemptionPiece(row, name), ` ${why}.`, ...back],
    steps: lotSteps(row, names),
    notes: debt > 0 ? [[`${countOf(debt)} of it paid off what the member owed.`]] : [],
  };
}

/** A refund takes back what the payment would not have earned. */
function clawedBack(row, names) {
  const told = row.explanation;
  const due = `${points(told.due)} ${told.due === 1 ? "is" : "are"} not due any more`;
  const sentence = [
    `${countOf(-row.amount)} taken back after ${reasonWords(row.reason)}${paymentWords(row)}. Of `,
    earnPiece(row, names),
    `, ${due}${beforeWords(row, told)}.`,
  ];
  return {
    kind: "clawback",
    title: `Taken back after ${reasonWords(row.reason)}`,
    sentence,
    steps: clawbackSteps(row, told, names),
    notes: clawbackNotes(row, told),
  };
}

function paymentWords(row) {
  if (row.source.type !== "payment" || !row.source.id) return "";
  return row.reason === "dispute" ? ` over ${row.source.id}` : ` of ${row.source.id}`;
}

function earnPiece(row, names) {
  const earn = expandedOf(row.reverses);
  const text = earn ? `the ${countOf(earn.amount)} earned on ${day(earn.effective_at, names)}` : "what it earned";
  return { text, row: idOf(row.reverses) };
}

/** What earlier refunds and expiry had taken of it already. */
function beforeWords(row, told) {
  const now = -row.amount + (row.uncollected ?? 0);
  const expiredBefore = Math.min(told.expired_before ?? 0, told.due - now);
  const before = told.due - now - expiredBefore;
  const parts = [];
  if (before > 0) parts.push(`${points(before)} of them had been taken back before`);
  if (expiredBefore > 0) parts.push(`${points(expiredBefore)} of them had expired, which counts as taken`);
  return parts.length > 0 ? `; ${parts.join(", and ")}` : "";
}

function clawbackNotes(row, told) {
  const notes = [];
  if (told.debt > 0) {
    notes.push([`${countOf(told.debt)} had been spent already: the balance went below zero by them, and what comes next pays them off.`]);
  }
  if (row.uncollected > 0) {
    notes.push([`${countOf(row.uncollected)} could not be taken, for they had been spent; the program does not ask for them again.`]);
  }
  return notes;
}

function clawbackSteps(row, told, names) {
  const steps = [{ label: "Not due in all", value: [countOf(told.due)] }];
  if (told.expired_before > 0) steps.push({ label: "Expired before", value: [points(told.expired_before)] });
  steps.push(...lotSteps(row, names));
  if (told.debt > 0) steps.push({ label: "Left as a debt", value: [points(told.debt)] });
  if (row.uncollected > 0) steps.push({ label: "Not collected", value: [points(row.uncollected)] });
  return [...steps, { label: "Taken back", value: [countOf(-row.amount)], total: true }];
}

/** Lots by name, with what was taken from each where there are several; of many the first three. */
function listOf(lots, names) {
  const shown = lots.slice(0, SHOWN_LOTS);
  const pieces = shown.flatMap((part, place) => [
    ...glue(place, shown.length, lots.length),
    ...(lots.length > 1 ? [`${points(part.amount)} of `] : []),
    ...lotPieces(part.lot, names),
  ]);
  return lots.length > SHOWN_LOTS ? [...pieces, ` and ${lots.length - SHOWN_LOTS} more`] : pieces;
}

function glue(place, shown, all) {
  if (place === 0) return [];
  return [place === shown - 1 && shown === all ? " and " : ", "];
}

/** A lot is what is left of one credit, and has its id. */
function lotPieces(lot, names) {
  const credit = names.lots?.[lot];
  return [{ text: credit ? `the ${countOf(credit.amount)} of ${day(credit.effective_at, names)}` : "an earlier credit", row: lot }];
}

/** A line for each lot. */
function lotSteps(row, names) {
  const label = row.amount > 0 ? "Back to" : "Taken from";
  return row.explanation.lots.map((part) => ({ label, value: [`${points(part.amount)} · `, ...lotPieces(part.lot, names)] }));
}
