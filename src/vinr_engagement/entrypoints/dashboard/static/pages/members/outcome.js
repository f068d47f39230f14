// What came of an event, in words: which rules and campaigns gave what, and why the others gave nothing.

import { countOf, failedWords, ignoredWords, nothingGivenWords } from "./words.js";

/**
 * What an event meant in one program (or in the first that it reached).
 * @param {object|null} outcome  as the API answers an event @param {string} [program]
 * @returns {{reason: string|null, points: number, lines: string[]}}
 */
export function judgementsOf(outcome, program) {
  if (!outcome) return { reason: null, points: 0, lines: [] };
  const found = outcome.programs.find((each) => each.program === program) ?? outcome.programs[0];
  if (!found) return { reason: outcome.reason, points: 0, lines: referredLines(null, outcome) };
  const moved = found.transactions.filter((line) => (line.unit ?? "points") === "points");
  return {
    reason: found.reason ?? outcome.reason,
    points: moved.reduce((sum, line) => sum + line.amount, 0),
    lines: [...found.rules.map(ruleLine), ...found.campaigns.map(campaignLine), ...referredLines(found, outcome)],
  };
}

function ruleLine(rule) {
  if (rule.matched && !rule.reason) return `Rule ${rule.rule}, version ${rule.version}: ${countOf(rule.points)}.`;
  return `Rule ${rule.rule}, version ${rule.version}: nothing, for ${nothingGivenWords(rule.reason)}${failures(rule)}.`;
}

function campaignLine(campaign) {
  const name = `Campaign ${campaign.campaign}, ${campaign.mechanic.replaceAll("_", " ")}`;
  if (campaign.reason === "progressed") return `${name}: ${nothingGivenWords(campaign.reason)}.`;
  if (campaign.matched && !campaign.reason) return `${name}: ${countOf(campaign.points)}.`;
  return `${name}: nothing, for ${nothingGivenWords(campaign.reason)}${failures(campaign)}.`;
}

function failures({ failed }) {
  return failed.length === 0 ? "" : ` (${failed.map(failedWords).join("; ")})`;
}

const NOT_CONVERTED = {
  below_minimum: "the payment is below its minimum",
  outside_window: "the payment is outside its window",
  currency_not_default: "the payment is in another currency",
};

/** What the event made of a referral and of redemptions. */
function referredLines(found, outcome) {
  const lines = [];
  if (found?.referral) lines.push(referralLine(found.referral));
  for (const each of outcome.redemptions ?? []) lines.push(redemptionLine(each));
  if (found?.cascade_limit) lines.push("Rules that react to rules were cut short.");
  if (outcome.payment?.cut > 0) lines.push("Refunds claimed more than the payment; the excess was left out.");
  return lines;
}

function referralLine({ id, status, reason }) {
  const why = reason ? `: ${NOT_CONVERTED[reason] ?? reason.replaceAll("_", " ")}` : "";
  return `Referral ${id}: ${status}${why}.`;
}

function redemptionLine({ redemption, status, reason }) {
  const why = reason ? `: ${(ignoredWords(reason) || reason).replace(/\.$/, "").toLowerCase()}` : "";
  return `Redemption ${redemption}: ${status}${why}.`;
}
