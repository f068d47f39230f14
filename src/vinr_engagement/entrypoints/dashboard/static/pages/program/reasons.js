/** Why a rule or a mechanic gave nothing, in plain words. Pure. */
import { happening, ofItem, who } from "./clauses.js";
import { isOfEvent, isOfItems } from "./facts.js";

const REASONS = {
  not_started: "It had not started yet.",
  ended: "It was over.",
  no_amount: "The event has no amount.",
  no_currency: "The event has no currency.",
  currency_not_listed: "It has no rate for the event’s currency.",
  zero_award: "The award comes to 0 points.",
  cap_reached: "The member had reached the limit.",
  budget_exhausted: "The budget was spent.",
  inactive: "It is not in force.",
  not_in_audience: "The member was not in the audience.",
  not_the_best: "Another factor was higher.",
  limit_reached: "The member had got all that one member gets.",
  progressed: "It counted towards the challenge.",
  guest: "The event names nobody.",
  not_enrolled: "The customer is no member.",
  unknown_account: "The event names a member who is not in this program.",
  account_closed: "The member’s account is closed.",
  no_matching_rule: "No rule applies.",
  program_paused: "The program is paused.",
  no_program: "Every program is archived.",
  payment_already_completed: "This payment was completed before.",
};

/**
 * @param {{reason: ?string, failed?: object[]}} outcome Of a rule or a mechanic.
 * @param {import("./words.js").Words} words
 * @param {string} [trigger]
 */
export function reasonWords({ reason, failed = [] }, words, trigger) {
  if (reason === "condition_failed" && failed.length) return failed.map((condition) => failureWords(condition, words, trigger)).join(" ");
  if (reason === "condition_failed") return "A condition did not hold.";
  return REASONS[reason] ?? (reason ? `${reason.replaceAll("_", " ")}.` : "");
}

function failureWords(condition, words, trigger) {
  const { found } = condition;
  const shown = found === null || found === undefined ? "nothing" : [found].flat().join(", ");
  return `Only ${clause(condition, words, trigger)}; found ${shown}.`;
}

function clause(condition, words, trigger) {
  if (isOfItems(condition.fact)) return `for items whose ${ofItem(condition, words)}`;
  if (isOfEvent(condition.fact)) return `if ${happening(condition, words, trigger)}`;
  return `for members ${who(condition, words, { event: true })}`;
}
