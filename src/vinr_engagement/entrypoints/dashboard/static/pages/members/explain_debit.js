// What takes points, and what gives them back, in words: which lots, for what, and what could not be taken.

import { countOf, day, expandedOf, idOf, reasonWords } from "./words.js";
import { points } from "../../lib/format.js";

/** @typedef {import("./words.js").Piece} Piece */
/** @typedef {import("./words.js").Names} Names */

const BY_TYPE = { redeem: redeemed, expire: expired, adjust: takenByHand, reverse: reversed };

/** @param {object} row @param {Names} names @returns what `explain` shows, or null for a row of a type that is not known */
export function explainDebit(row, names) {
  return BY_TYPE[row.type]?.(row, names) ?? null;
}

function redeemed(row, names) {
  const redemption = expandedOf(row.redemption);
  const what = redemption ? [`${redemption.quantity > 1 ? `${redemption.quantity} × ` : ""}`, redemptionPiece(row, redemption.reward_name)] : [redemptionPiece(row, "a reward")];
  const offer = row.campaign ? [" at the price of ", campaignPiece(row)] : [];
  const sentence = [`${countOf(-row.amount)} for `, ...what, ...offer, ", ", ...takenFrom(row, names), "."];
  return { kind: "redemption", title: redemption?.reward_name ?? "Redemption", sentence, steps: lotSteps(row, names) };
}

function redemptionPiece(row, name) {
  const identifier = idOf(row.redemption);
  return identifier === null ? name : { text: name, to: `members/${idOf(row.account)}?tab=redemptions` };
}

function campaignPiece(row) {
  const identifier = idOf(row.campaign);
  return { text: expandedOf(row.campaign)?.name ?? "a campaign", to: `campaigns/${identifier}` };
}

function expired(row, names) {
  const [part] = row.explanation.lots;
  const when = row.explanation.expired_at ?? row.effective_at;
  const sentence = [`${countOf(-row.amount)} expired on ${day(when, names)}: what was left of `, ...lotPieces(part.lot, names), "."];
  return { kind: "expiry", title: "Expired", sentence, steps: lotSteps(row, names) };
}

/** A debit by hand; what no lot had is owed. */
function takenByHand(row, names) {
  const owed = -row.amount - sumOf(row.explanation.lots);
  const opening = row.reason === "opening_balance";
  const why = opening ? "owed when the member came from another system" : `taken by hand: ${reasonWords(row.reason)}`;
  const from = row.explanation.lots.length > 0 ? [", ", ...takenFrom(row, names)] : [];
  const debt = owed > 0 && !opening ? [`; ${countOf(owed)} beyond what was there ${owed === 1 ? "is" : "are"} owed`] : [];
  return {
    kind: opening ? "opening" : "adjustment",
    title: opening ? "Opening balance" : "Taken by hand",
    sentence: [`${countOf(-row.amount)} ${why}`, ...from, ...debt, "."],
    steps: lotSteps(row, names),
  };
}

function reversed(row, names) {
  return row.explanation.due === undefined || row.explanation.due === null ? givenBack(row, names) : clawedBack(row, names);
}

/** A redemption that was released, or whose payment was refunded: the points return to the lots that they came from. */
function givenBack(row, names) {
  const redemption = expandedOf(row.redemption);
  const name = redemptionPiece(row, redemption?.reward_name ?? "a reward");
  const why = row.reason === "redemption_reversed" ? "its payment was refunded in full" : "it was released";
  const lots = row.explanation.lots;
  const back = lots.length > 0 ? [", back to ", ...listOf(lots, names), ", with the expiry that they had"] : [];
  const debt = row.explanation.debt > 0 ? [[`${countOf(row.explanation.debt)} of it paid off what the member owed.`]] : [];
  return {
    kind: "return",
    title: `${redemption?.reward_name ?? "Redemption"} given back`,
    sentence: [`${countOf(row.amount)} returned from `, name, `, for ${why}`, ...back, "."],
    steps: lotSteps(row, names),
    notes: debt,
  };
}

/** A refund takes back what the payment would not have earned. */
function clawedBack(row, names) {
  const told = row.explanation;
  const earn = expandedOf(row.reverses);
  const sentence = [`${countOf(-row.amount)} taken back, for ${reasonWords(row.reason)}`, ...paymentPieces(row), ": ", ...earnPieces(row, earn, names)];
  sentence.push(` ${countOf(told.due)} ${told.due === 1 ? "is" : "are"} not due any more in all`, ...beforePieces(row, told));
  sentence.push(".");
  return { kind: "clawback", title: `Taken back after ${reasonWords(row.reason)}`, sentence, steps: clawbackSteps(row, told, names), notes: clawbackNotes(row, told) };
}

function paymentPieces(row) {
  return row.source.type === "payment" && row.source.id ? [` of ${row.source.id}`] : [];
}

function earnPieces(row, earn, names) {
  const identifier = idOf(row.reverses);
  if (earn === null) return ["of ", { text: "what it earned", row: identifier }];
  return ["of the ", { text: `${countOf(earn.amount)} earned on ${day(earn.effective_at, names)}`, row: identifier }];
}

/** What earlier refunds and expiry had taken of it already. */
function beforePieces(row, told) {
  const now = -row.amount + (row.uncollected ?? 0);
  const expiredBefore = told.expired_before ?? 0;
  const before = told.due - now - Math.min(expiredBefore, told.due - now);
  const parts = [];
  if (before > 0) parts.push(`${points(before)} had been taken back before`);
  if (expiredBefore > 0) parts.push(`${points(expiredBefore)} had expired, which counts as taken`);
  return parts.length > 0 ? [`, of which ${parts.join(" and ")}`] : [];
}

function clawbackNotes(row, told) {
  const notes = [];
  if (told.debt > 0) notes.push([`${countOf(told.debt)} had been spent already: the balance went below zero by them, and what comes next pays them off.`]);
  if (row.uncollected > 0) notes.push([`${countOf(row.uncollected)} could not be taken, for they had been spent; the program does not ask for them again.`]);
  return notes;
}

function clawbackSteps(row, told, names) {
  const steps = [{ label: "Not due in all", value: [countOf(told.due)] }];
  if (told.expired_before > 0) steps.push({ label: "Expired before", value: [points(told.expired_before)] });
  steps.push(...lotSteps(row, names));
  if (told.debt > 0) steps.push({ label: "Left as a debt", value: [points(told.debt)] });
  if (row.uncollected > 0) steps.push({ label: "Not collected", value: [points(row.uncollected)] });
  return [...steps, { label: "Taken back", value: [countOf(-row.amount)] }];
}

/** `200 from the 500 points of 3 Apr 2026 and 150 from …`. @param {object} row @param {Names} names @returns {Piece[]} */
function takenFrom(row, names) {
  const lots = row.explanation.lots ?? [];
  if (lots.length === 0) return ["from no lot"];
  return ["from ", ...listOf(lots, names)];
}

/** Lots by name; of many the first three. @param {object[]} lots @param {Names} names @returns {Piece[]} */
export function listOf(lots, names) {
  const shown = lots.slice(0, 3);
  const pieces = shown.flatMap((part, place) => [...glue(place, shown.length, lots.length), ...(lots.length > 1 ? [`${points(part.amount)} of `] : []), ...lotPieces(part.lot, names)]);
  return lots.length > 3 ? [...pieces, ` and ${lots.length - 3} more`] : pieces;
}

function glue(place, shown, all) {
  if (place === 0) return [];
  return [place === shown - 1 && shown === all ? " and " : ", "];
}

/** A lot is what is left of one credit, and has its id. @param {string} lot @param {Names} names @returns {Piece[]} */
export function lotPieces(lot, names) {
  const credit = names.lots?.[lot];
  return [{ text: credit ? `the ${countOf(credit.amount)} of ${day(credit.effective_at, names)}` : "an earlier credit", row: lot }];
}

/** A line for each lot. @param {object} row @param {Names} names */
export function lotSteps(row, names) {
  const sign = row.amount > 0 ? "Back to" : "Taken from";
  return (row.explanation.lots ?? []).map((part) => ({ label: sign, value: [`${points(part.amount)} · `, ...lotPieces(part.lot, names)] }));
}

/** @param {object[]} lots */
function sumOf(lots) {
  return lots.reduce((sum, part) => sum + part.amount, 0);
}
