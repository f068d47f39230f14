/** The policies of a program, in sentences. Pure. */
import { expirySentence } from "./sentence.js";
import { cash, count, sentence } from "./words.js";

const ROUNDING = { down: "Parts of a point are dropped.", nearest: "Parts of a point are rounded to the nearest.", up: "Parts of a point are rounded up." };

const CLAWBACK = {
  clamp: "A refund takes back at most what a member has left.",
  negative: "A refund takes back what was earned, even where the member has spent it already.",
};

/**
 * One sentence for each policy.
 * @param {object} program
 * @param {import("./words.js").Words} words
 * @returns {string[]}
 */
export function policySentences(program, words) {
  const named = { ...words, points: program.currency.name || words.points, currency: program.default_currency };
  return [
    worthSentence(program.currency, named),
    expirySentence(program.currency.expiry, named),
    heldSentence(program.hold_days, named),
    CLAWBACK[program.clawback] ?? "",
    unusedSentence(program.redemption_ttl_hours, named),
    program.auto_enroll ? "Customers become members with their first purchase that earns." : "Customers become members only when they are enrolled.",
  ];
}

/** What a point is worth, and how parts of one are rounded. */
function worthSentence(currency, words) {
  const { point_value: value } = currency;
  const worth = Number.isInteger(value) ? cash(100 * value, words.currency, words) : "…";
  return `100 ${words.points} redeem for ${worth}. ${ROUNDING[currency.rounding] ?? ""}`.trim();
}

function heldSentence(days, words) {
  if (!days) return sentence(`${words.points} can be spent as soon as they are earned`);
  return sentence(`${words.points} from payments can be spent ${count(days, "day", "days", words)} later`);
}

function unusedSentence(hours, words) {
  if (hours === null) return "Discounts that nobody uses stay open for good.";
  const long = hours >= 48 && hours % 24 === 0 ? count(hours / 24, "day", "days", words) : count(hours, "hour", "hours", words);
  return sentence(`Discounts that nobody uses are given back after ${long}`);
}
