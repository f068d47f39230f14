// What came of an event, in words: which rules and campaigns gave what, and why the others gave nothing.

import { money } from "../../lib/format.js";
import { conditionText, reasonText } from "../../lib/reasons.js";
import { countOf } from "./words.js";

/** @typedef {{rules?: Record<string, string>, campaigns?: Record<string, string>}} Called  names by id */

/**
 * What an event meant in one program, or in the first that it reached.
 * @param {object|null} outcome  as the API answers an event
 * @param {string} [program]
 * @param {Called} [called]
 * @returns {{reason: string|null, points: number, gave: string[], refused: string[]}}  `gave`: what had an effect; `refused`: what had
 *   none, and why
 */
export function judgementsOf(outcome, program, called = {}) {
  const found = outcome?.programs.find((each) => each.program === program) ?? outcome?.programs[0];
  const judged = [...(found?.rules ?? []).map((rule) => ruleLine(rule, called)), ...(found?.campaigns ?? []).map((each) => campaignLine(each, called))];
  const moved = (found?.transactions ?? []).filter((line) => (line.unit ?? "points") === "points");
  return {
    reason: found?.reason ?? outcome?.reason ?? null,
    points: moved.reduce((sum, line) => sum + line.amount, 0),
    gave: [...judged.filter(({ gave }) => gave).map(({ text }) => text), ...furtherLines(found, outcome)],
    refused: judged.filter(({ gave }) => !gave).map(({ text }) => text),
  };
}

function ruleLine(rule, called) {
  const name = `Rule ${called.rules?.[rule.rule] ?? rule.rule}, version ${rule.version}`;
  return judgedLine(name, rule, rule.matched && !rule.reason);
}

function campaignLine(campaign, called) {
  const name = `Campaign ${called.campaigns?.[campaign.campaign] ?? campaign.campaign}, ${campaign.mechanic.replaceAll("_", " ")}`;
  if (campaign.reason === "progressed") return { gave: true, text: `${name}: ${reasonText("progressed")}` };
  const line = judgedLine(name, campaign, campaign.matched && !campaign.reason);
  const isPart = line.gave && campaign.mechanic === "points_multiplier";
  return isPart ? { gave: true, text: `${name}: ${countOf(campaign.points)} of these.` } : line;
}

function judgedLine(name, judged, gave) {
  const why = [reasonText(judged.reason), ...judged.failed.map(conditionText)].join(" ");
  return { gave, text: gave ? `${name}: ${countOf(judged.points)}.` : `${name}: nothing. ${why}` };
}

const NOT_CONVERTED = {
  below_minimum: "the payment is below its minimum",
  outside_window: "the payment is outside its window",
  currency_not_default: "the payment is in another currency",
};

/** What the event made of a referral, of redemptions and of credit. */
function furtherLines(found, outcome) {
  const lines = [];
  if (found?.referral) lines.push(referralLine(found.referral));
  for (const each of outcome?.credit ?? []) lines.push(creditLine(each));
  for (const each of outcome?.redemptions ?? []) lines.push(redemptionLine(each));
  if (found?.cascade_limit) lines.push("Rules that react to rules were cut short.");
  if (outcome?.payment?.cut > 0) lines.push("Refunds claimed more than the payment; the excess was left out.");
  return lines;
}

function referralLine({ id, status, reason }) {
  const why = reason ? `: ${NOT_CONVERTED[reason] ?? reason.replaceAll("_", " ")}` : "";
  return `Referral ${id}: ${status}${why}.`;
}

function creditLine({ amount, currency, status }) {
  const sum = money(amount, currency);
  if (status === "returned") return `${sum} of store credit given back.`;
  return `${sum} of store credit is missing: the payment completed after its failure had given it back.`;
}

const NOT_USED = {
  insufficient_points: "the points were gone",
  applied_to_another_payment: "it is applied to another payment",
  not_of_a_payment: "its kind is not used on payments",
  points_short: "the points were gone",
};

function redemptionLine({ redemption, status, reason }) {
  const why = reason ? `: ${NOT_USED[reason] ?? reason.replaceAll("_", " ")}` : "";
  return `Redemption ${redemption}: ${status}${why}.`;
}
