// Why an event, a rule or a campaign gave nothing, in plain words.

import { inWords, number } from "./format.js";

const OF_EVENTS = {
  guest: "It names nobody, so nobody could earn.",
  not_enrolled: "The customer is not a member, and nothing gave a reason to enrol them.",
  unknown_account: "The account in metadata.loyalty_account is none of this program.",
  account_closed: "The member’s account is closed.",
  no_matching_rule: "The member is known, but no rule and no campaign applied. A payment still counts as spend and as an order.",
  program_paused: "The program is paused.",
  no_program: "Every program is archived.",
  payment_already_completed: "Another event completed this payment before.",
  refund_already_completed: "Another event told of this refund before.",
  dispute_not_lost: "The dispute was not lost, so no money went back.",
  payment_not_completed: "Its payment is not known yet: the refund takes effect once the payment arrives.",
};

const OF_RULES = {
  condition_failed: "A condition does not hold.",
  not_started: "The event is before it starts.",
  ended: "The event is after it ended.",
  no_amount: "It goes by amount, and the event has none.",
  no_currency: "It goes by amount, and the event has no currency.",
  currency_not_listed: "It has no rate for this currency.",
  zero_award: "The award comes to 0 points.",
  cap_reached: "The member’s cap leaves no room.",
  budget_exhausted: "Its budget is spent.",
  inactive: "It is not active.",
  not_in_audience: "The member is not in its audience.",
  not_the_best: "Another campaign’s factor is higher.",
  limit_reached: "The member got all that one member gets.",
  progressed: "Counted towards the challenge, which is not met yet.",
};

const COMPARISONS = {
  eq: "must be",
  neq: "must not be",
  gt: "must be more than",
  gte: "must be at least",
  lt: "must be less than",
  lte: "must be at most",
  in: "must be one of",
  not_in: "must be none of",
  between: "must be between",
  exists: "must be given",
  contains: "must contain",
};

/** @param {string | null} reason of an event, a rule or a campaign @returns {string} a sentence, empty without a reason */
export const reasonText = (reason) => (reason ? (OF_RULES[reason] ?? OF_EVENTS[reason] ?? `${inWords(reason)}.`) : "");

function valueText(value) {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (typeof value === "number") return number(value);
  return typeof value === "boolean" ? (value ? "yes" : "no") : `“${value}”`;
}

/**
 * A condition that did not hold, as a sentence.
 *
 * @param {{fact: string, op: string, value: unknown, found: unknown}} failed
 * @returns {string} such as `event.amount must be at least 5,000; it was 1,999.`
 */
export function conditionText({ fact, op, value, found }) {
  if (op === "exists") return `${fact} ${value === false ? "must be missing" : "must be given"}; it was ${valueText(found)}.`;
  const wanted = op === "between" && Array.isArray(value) ? value.map(valueText).join(" and ") : valueText(value);
  return `${fact} ${COMPARISONS[op] ?? op} ${wanted}; it was ${valueText(found)}.`;
}
