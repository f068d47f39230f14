/** Why a rule or a mechanic gave nothing, conditions in the words of the forms. Pure. */
import { reasonText } from "../../lib/reasons.js";
import { happening, ofItem, who } from "./clauses.js";
import { isOfEvent, isOfItems } from "./facts.js";

/**
 * @param {{reason: ?string, failed?: object[]}} outcome Of a rule or a mechanic.
 * @param {import("./words.js").Words} words
 * @param {string} [trigger]
 */
export function reasonWords({ reason, failed = [] }, words, trigger) {
  if (reason === "condition_failed" && failed.length) return failed.map((condition) => failureWords(condition, words, trigger)).join(" ");
  return reasonText(reason);
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
