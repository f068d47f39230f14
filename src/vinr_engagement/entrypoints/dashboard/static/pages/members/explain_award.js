// Awards in words: what rules, campaigns and referrals give, and what is given by hand.

import {
  byHandWords, countOf, expandedOf, idOf, occasionWords, reasonWords, sentence as asSentence, shortMoney, spaced, tierName,
} from "./words.js";
import { digitsOf, money, points } from "../../lib/format.js";

/** @typedef {import("./words.js").Piece} Piece */
/** @typedef {import("./words.js").Names} Names */

const BY_TYPE = {
  per_amount: ofRule,
  per_currency: ofRule,
  fixed: ofRule,
  referral: ofReferral,
  bonus_points: ofBonus,
  challenge: ofChallenge,
  adjustment: byHand,
  opening_balance: openingBalance,
  opening_lifetime: openingLifetime,
};

/** @param {object} row @param {Names} names @returns what `explain` shows, or null for an award that is not known */
export function explainAward(row, names) {
  return BY_TYPE[row.explanation.award.type]?.(row, names) ?? null;
}

/** `140 points = £70.00 × 2 points per £1 (rule Purchases, version 3) × 1.5 for the Gold tier, rounded down, cut by …`. */
function ofRule(row, names) {
  const told = row.explanation;
  const factors = (told.multipliers ?? []).flatMap((each) => [` × ${each.factor} `, ...originPieces(each.origin, row, names)]);
  const sentence = [
    ...(isPlain(told) ? [] : [`${countOf(row.amount)} = `]),
    ...basePieces(told),
    rateWords(row, told, names),
    " (",
    ...rulePieces(row),
    ")",
    ...factors,
    ...roundingPieces(told),
    ...cutPieces(row, told),
    ".",
  ];
  const steps = stepsOfRule(row, told, names);
  return { kind: "rule", title: ruleTitle(row), sentence, steps, notes: campaignNotes(row, told, names) };
}

/** Whether the award is what is given, with nothing to reckon. */
function isPlain(told) {
  return told.award.type === "fixed" && told.award.points === told.result && !told.multipliers?.length;
}

function ruleTitle(row) {
  return expandedOf(row.rule)?.name ?? `Earned for ${reasonWords(row.reason)}`;
}

function rulePieces(row) {
  const identifier = idOf(row.rule);
  if (identifier === null) return ["no rule"];
  const name = expandedOf(row.rule)?.name ?? identifier;
  return ["rule ", { text: name, to: `rules/${identifier}` }, `, version ${row.rule_version}`];
}

/** What was counted, for an award in proportion. */
function basePieces(told) {
  const { amount, currency, eligible } = told.base ?? {};
  if (told.award.type === "fixed" || amount === undefined || amount === null) return [];
  const all = money(amount, currency);
  if (eligible === undefined || eligible === null || eligible === amount) return [`${all} × `];
  return [`${money(eligible, currency)} of the ${all} × `];
}

function rateWords(row, told, names) {
  const award = told.award;
  if (award.type === "fixed") return `${countOf(award.points)} for ${occasionWords(row.reason)}`;
  const currency = told.base?.currency ?? names.currency;
  if (award.type === "per_amount") return `${decimalCount(award.points)} per ${shortMoney(award.per, currency)}`;
  const rate = award.rates ? award.rates[currency] : award.points;
  return `${decimalCount(rate)} per ${shortMoney(10 ** digitsOf(currency), currency)}`;
}

/** A rate is an exact decimal, sent as a number or as text. */
function decimalCount(rate) {
  return Number(rate) === 1 ? "1 point" : `${rate} points`;
}

/** Where a factor comes from: the rule, its list of factors, a tier or a campaign. */
function originPieces(origin, row, names) {
  const [kind, key] = split(origin);
  if (kind === "tier") return [`for the ${tierName(key, names)} tier`];
  if (kind === "campaign") return ["by ", ...campaignPieces(key, row, names)];
  if (kind === "rule") return ["by the rule"];
  return [factorWords(origin, row, names)];
}

function split(origin) {
  const at = origin.indexOf(":");
  return at < 0 ? [origin, ""] : [origin.slice(0, at), origin.slice(at + 1)];
}

function campaignPieces(identifier, row, names) {
  const own = idOf(row.campaign) === identifier ? expandedOf(row.campaign)?.name : undefined;
  return ["campaign ", { text: own ?? names.campaigns?.[identifier] ?? identifier, to: `campaigns/${identifier}` }];
}

/** An entry of the rule's factors, by its condition where the rule is still the one that was used. */
function factorWords(origin, row, names) {
  const place = Number(/\[(\d+)\]/.exec(origin)?.[1] ?? 0);
  const rule = expandedOf(row.rule);
  const when = rule && rule.version === row.rule_version ? rule.multipliers?.[place]?.when : null;
  const [only, more] = when?.conditions ?? [];
  if (!only || more) return `by the rule's factor ${place + 1}`;
  const isTier = ["tier", "account.tier"].includes(only.fact) && only.op === "eq";
  if (isTier) return `by the rule for the ${tierName(only.value, names)} tier`;
  return `by the rule where ${only.fact} ${spaced(only.op)} ${only.value ?? ""}`.trimEnd();
}

/** An exact decimal with its groups; a fraction stays as it is. */
function exactText(exact) {
  return /^\d+(\.\d+)?$/.test(exact) ? new Intl.NumberFormat(undefined, { maximumFractionDigits: 8 }).format(exact) : exact;
}

const ROUNDED = { down: "rounded down", up: "rounded up", nearest: "rounded to the nearest" };

function roundingPieces(told) {
  if (told.exact === undefined || told.exact === null || told.exact === String(told.rounded)) return [];
  return [` = ${exactText(told.exact)}, ${ROUNDED[told.rounding] ?? "rounded"} to ${points(told.rounded)}`];
}

/** What a cap, a budget and a campaign's limit cut off, in the order in which they did. */
function cutPieces(row, told) {
  const pieces = [];
  if (told.cap?.cut > 0) pieces.push(`, cut to ${capWords(row, told.cap)}`);
  if (told.budget?.cut > 0) pieces.push(`, cut to the ${leftOf(told.budget.points_left)} of the rule's budget`);
  if (told.campaign?.cut > 0) pieces.push(`, cut by ${points(told.campaign.cut)}, for the campaign had ${countOf(told.campaign.points_left)} left`);
  return pieces;
}

function leftOf(left) {
  return `${countOf(Math.max(0, left ?? 0))} left`;
}

/** The cap with its size and window, where the rule is still the one that was used. */
function capWords(row, cap) {
  const rule = expandedOf(row.rule);
  const size = rule && rule.version === row.rule_version ? rule.cap?.points : null;
  if (!size) return `the ${leftOf(cap.points_left)} of the member's cap`;
  const window = { day: "daily cap", week: "weekly cap", month: "monthly cap", lifetime: "lifetime cap" }[rule.window] ?? "cap";
  const whole = `the ${window} of ${points(size)}`;
  return cap.points_left === size ? whole : `the ${leftOf(cap.points_left)} of ${whole}`;
}

/** Of which the campaign gave how much. */
function campaignNotes(row, told, names) {
  if (!told.campaign?.points) return [];
  const given = `${countOf(told.campaign.points)} of it ${told.campaign.points === 1 ? "is" : "are"} from `;
  return [[given, ...campaignPieces(told.campaign.campaign, row, names), "."]];
}

/** The arithmetic, a line for each step. */
function stepsOfRule(row, told, names) {
  const steps = [];
  const { amount, currency, eligible } = told.base ?? {};
  if (amount !== undefined && amount !== null) steps.push({ label: "Amount", value: [money(amount, currency)] });
  if (eligible !== undefined && eligible !== null && eligible !== amount) {
    steps.push({ label: "Of which counts", value: [money(eligible, currency)] });
  }
  steps.push({ label: "Award", value: [rateWords(row, told, names)] });
  for (const each of told.multipliers ?? []) {
    steps.push({ label: `× ${each.factor}`, value: originPieces(each.origin, row, names) });
  }
  if (told.exact !== undefined && told.exact !== null) steps.push({ label: "Exactly", value: [exactText(told.exact)] });
  if (told.rounded !== undefined && told.rounded !== null) {
    steps.push({ label: asSentence(ROUNDED[told.rounding] ?? "rounded"), value: [points(told.rounded)] });
  }
  return [...steps, ...limitSteps(row, told), { label: "Result", value: [countOf(row.amount)], total: true }];
}

function limitSteps(row, told) {
  const steps = [];
  if (told.cap) steps.push({ label: "Member's cap", value: [limitWords(told.cap)] });
  if (told.budget) steps.push({ label: "Budget", value: [limitWords(told.budget)] });
  if (told.campaign) steps.push({ label: "From the campaign", value: [campaignWords(told.campaign)] });
  return steps;
}

function campaignWords({ points: given, cut }) {
  return cut ? `${countOf(given)}, ${points(cut)} cut off` : countOf(given);
}

function limitWords(limit) {
  const left = [];
  if (limit.points_left !== null && limit.points_left !== undefined) left.push(`${countOf(Math.max(0, limit.points_left))} left`);
  if (limit.times_left !== null && limit.times_left !== undefined) left.push(`${Math.max(0, limit.times_left)} more times`);
  return [...left, limit.cut ? `${points(limit.cut)} cut off` : "nothing cut off"].join(", ");
}

function ofReferral(row) {
  const { points: promised, side } = row.explanation.award;
  const who = side === "referrer" ? "for bringing a member" : "for coming by another member's code";
  const referral = row.source.id;
  const link = referral ? [" (", { text: "referral", to: `referrals/${referral}` }, ")"] : [];
  return { kind: "referral", title: "Referral", sentence: [`${countOf(promised)} ${who}`, ...link, "."] };
}

function ofBonus(row, names) {
  const whole = `${countOf(row.explanation.award.points)}, a bonus of `;
  const sentence = [whole, ...campaignPieces(idOf(row.campaign), row, names), ...limitedPieces(row), "."];
  return { kind: "bonus", title: campaignTitle(row), sentence, steps: limitSteps(row, row.explanation) };
}

/** A challenge may be met several times at once. */
function ofChallenge(row, names) {
  const { award, cap, budget } = row.explanation;
  const times = Math.round((row.amount + (cap?.cut ?? 0) + (budget?.cut ?? 0)) / award.points);
  const whole = times > 1 ? `${times} × ${countOf(award.points)}` : countOf(award.points);
  const campaign = campaignPieces(idOf(row.campaign), row, names);
  const sentence = [`${whole} for meeting the challenge of `, ...campaign, ...limitedPieces(row), "."];
  return { kind: "challenge", title: campaignTitle(row), sentence, steps: limitSteps(row, row.explanation) };
}

function campaignTitle(row) {
  return expandedOf(row.campaign)?.name ?? "Campaign";
}

/** What the campaign's own limits cut off. */
function limitedPieces(row) {
  const { cap, budget } = row.explanation;
  const pieces = [];
  if (cap?.cut > 0) pieces.push(`, cut to the ${leftOf(cap.points_left)} of what one member gets`);
  if (budget?.cut > 0) pieces.push(`, cut to the ${leftOf(budget.points_left)} of its budget`);
  return pieces;
}

function byHand(row, names) {
  const sentence = [`${countOf(row.amount)} given by hand${byHandWords(row, names)}.`];
  return { kind: "adjustment", title: "Given by hand", sentence };
}

function openingBalance(row) {
  const sentence = [`${countOf(row.amount)} that the member brought from another system.`];
  return { kind: "opening", title: "Opening balance", sentence };
}

/** A row of amount 0: what was earned elsewhere counts for ever and is held no more. */
function openingLifetime(row) {
  const earned = countOf(row.explanation.award.points);
  return {
    kind: "lifetime",
    title: "Earned elsewhere",
    sentence: [`${earned} earned in another system and held no more: they count as lifetime points, and leave the balance as it is.`],
  };
}
