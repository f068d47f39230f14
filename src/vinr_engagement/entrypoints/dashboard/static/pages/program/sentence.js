/**
 * What each thing of a program does, in a sentence: "2 points per £1 for Gold members, at most 500 a day." Pure; whatever is
 * still missing in a form stands as "…".
 *
 * @typedef {import("./words.js").Words} Words
 */
import { grouped } from "./clauses.js";
import { occasion } from "./occasions.js";
import { cash, count, factor, isDecimal, list, monthName, number, places, points, product } from "./words.js";
import { rewardName, segmentName, sentence, span, tierName, times, wholeCurrency } from "./words.js";

/**
 * What a rule gives, to whom, when and how much at most.
 * @param {Object} rule As the API takes it or shows it.
 * @param {Words} [words]
 */
export function ruleSentence(rule, words = {}) {
  const setting = { trigger: rule.trigger, event: true };
  const parts = [
    `${awarded(rule, words)}${grouped(rule.conditions, words, setting)}`,
    raised(rule.multipliers, words, setting),
    capped(rule.cap, rule.window, words),
    inAll(rule.budget, words),
    span(rule.starts_at, rule.ends_at, words),
    recipients(rule),
  ];
  return sentence(parts.filter(Boolean).join(", "));
}

/** What the award is and what it is for: "1 point per £1", "500 points for each payment". */
export function awarded(rule, words = {}) {
  const award = rule.award || awardOfEarn(rule.earn);
  const happens = occasion(rule.trigger);
  if (award.type !== "fixed") return `${rates(award, rule.multiplier, words)}${happens.of}`;
  return `${multiplied(award.points, rule.multiplier, words, true)} ${happens.each}`;
}

function awardOfEarn(earn) {
  const rate = earn?.points_per_currency_unit;
  return typeof rate === "object" && rate ? { type: "per_currency", rates: rate } : { type: "per_currency", points: rate };
}

function rates(award, multiplier, words) {
  const currencies = award.currencies?.length ? award.currencies : [words.currency || "EUR"];
  if (award.type === "per_amount") {
    const per = (code) => (award.per && wholeCurrency(code) ? cash(award.per, code, words) : "…");
    return `${multiplied(award.points, multiplier, words)} per ${list(currencies.map(per), "or")}`;
  }
  const unit = (code) => (wholeCurrency(code) ? cash(10 ** places(code), code, words) : "…");
  const listed = award.rates && Object.keys(award.rates).length ? award.rates : null;
  if (!listed) return `${multiplied(award.points, multiplier, words)} per ${list(currencies.map(unit), "or")}`;
  return list(Object.entries(listed).map(([code, rate]) => `${multiplied(rate, multiplier, words)} per ${unit(code)}`));
}

/** So many points times a factor: in one number, unless that would hide a rounding. */
function multiplied(value, multiplier, words, whole = false) {
  if (!isDecimal(value)) return "… points";
  const by = isDecimal(multiplier) ? multiplier : 1;
  const exact = product(value, by);
  const told = Number(by) === 1 ? value : exact;
  if (whole && exact.includes(".")) return `${points(value, words)} × ${number(by, words)}`;
  return points(told, words);
}

function raised(multipliers, words, setting) {
  const told = (multipliers || []).map((entry) => {
    const when = grouped(whenOf(entry.when), words, setting);
    return `${isDecimal(entry.factor) ? changed(entry.factor, words) : "…"}${when || " always"}`;
  });
  return told.join(", else ");
}

function changed(by, words) {
  if (Number(by) === 0) return "nothing";
  return Number(by) === 1 ? "no more" : factor(by, words);
}

/** Conditions of an entry of multipliers, whichever way it is spelled. */
export function whenOf(when) {
  const [short] = ["tier", "segment"].filter((name) => when?.[name] !== undefined);
  return short ? [{ fact: short, op: "eq", value: when[short] }] : when;
}

const WINDOWS = { day: " a day", week: " a week", month: " a month", lifetime: " in all for each member" };

function capped(cap, window, words) {
  if (!cap) return "";
  const during = WINDOWS[window] || " per …";
  if (!cap.points && !cap.times) return `at most …${during}`;
  if (!cap.points) return cap.times === 1 ? `${once(window)}` : `at most ${times(cap.times, words)}${during}`;
  if (!cap.times) return `at most ${number(cap.points, words)}${during}`;
  return `at most ${number(cap.points, words)} and ${times(cap.times, words)}${during}`;
}

function inAll(budget, words) {
  return budget ? `up to ${budget.points ? points(budget.points, words) : "… points"} in all` : "";
}

function once(window) {
  return window === "lifetime" ? "once for each member" : `once${WINDOWS[window] || " per …"}`;
}

const RECIPIENTS = {
  referrer: "for the member who brought the friend",
  referee: "for the friend",
  both: "for both the member and the friend",
};

function recipients(rule) {
  const referral = (rule.trigger || "").startsWith("referral.");
  return referral ? RECIPIENTS[rule.recipient || "both"] || "" : "";
}

/**
 * What a campaign does, for whom, when, how much at most, and what it is to reach.
 * @param {Object} campaign As the API takes it or shows it.
 * @param {Words} [words]
 */
export function campaignSentence(campaign, words = {}) {
  const mechanics = (campaign.mechanics || []).map((mechanic) => mechanicPhrase(mechanic, words));
  const parts = [
    mechanics.join("; ") || "…",
    audiencePhrase(campaign.audience, words),
    span(campaign.schedule?.starts_at, campaign.schedule?.ends_at, words),
    limited(campaign.per_member_limit, words),
    inAll(campaign.budget, words),
  ];
  const goal = campaign.goal?.target ? ` ${goalSentence(campaign.goal, words)}` : "";
  return sentence(parts.filter(Boolean).join(", ")) + goal;
}

/** What one mechanic does: "double points for each payment of £50 or more". */
export function mechanicPhrase(mechanic, words = {}) {
  const setting = { trigger: mechanic.trigger, event: true };
  const tell = MECHANICS[mechanic.type];
  return tell ? `${tell(mechanic, words)}${grouped(mechanic.conditions, words, setting)}` : "…";
}

const MECHANICS = {
  points_multiplier(mechanic, words) {
    const by = isDecimal(mechanic.factor) ? factor(mechanic.factor, words) : "…";
    const least = mechanic.min_spend ? ` of ${cash(mechanic.min_spend, words.currency, words)} or more` : "";
    return `${by}${by.endsWith("times") ? " the" : ""} points ${occasion(mechanic.trigger).each}${least}`;
  },
  bonus_points(mechanic, words) {
    return `${bonus(mechanic, words)} ${occasion(mechanic.trigger).each}`;
  },
  challenge(mechanic, words) {
    const after = mechanic.repeatable ? "after every" : "after";
    const happens = occasion(mechanic.trigger);
    if (mechanic.amount) return `${bonus(mechanic, words)} ${after} ${cash(mechanic.amount, words.currency, words)} of ${happens.many}`;
    if (mechanic.count === 1) return `${bonus(mechanic, words)} ${mechanic.repeatable ? happens.each : `after the first ${happens.one}`}`;
    const target = mechanic.count ? number(mechanic.count, words) : "…";
    return `${bonus(mechanic, words)} ${after} ${target} ${happens.many}`;
  },
  featured_reward(mechanic, words) {
    return `${rewardName(mechanic.reward, words)} for ${mechanic.cost ? points(mechanic.cost, words) : "… points"}`;
  },
};

function bonus(mechanic, words) {
  return (mechanic.points ? points(mechanic.points, words) : "… points").replace(" ", " extra ");
}

/** For whom a campaign is. */
export function audiencePhrase(audience, words = {}) {
  if (audience?.type === "tier") return `for ${tierName(audience.tier, words)} members`;
  if (audience?.type === "segment") return `for members in ${segmentName(audience.segment, words)}`;
  return "for everyone";
}

function limited(limit, words) {
  if (!limit) return "";
  const { points: most, times: often } = typeof limit === "number" ? { times: limit } : limit;
  if (!most && !often) return "at most … per member";
  const told = often ? times(often, words) : "";
  if (!most) return `${often === 1 ? "" : "at most "}${told} per member`;
  return `at most ${points(most, words)}${told ? ` and ${told}` : ""} per member`;
}

const METRICS = {
  members_reached: (target, words) => `${count(target, "member", "members", words)} reached`,
  points_given: (target, words) => `${points(target, words)} given`,
  awards: (target, words) => count(target, "award", "awards", words),
  spend: (target, words) => `${cash(target, words.currency, words)} spent`,
};

/** What a campaign is to reach. */
export function goalSentence(goal, words = {}) {
  return `Goal: ${(METRICS[goal.metric] || METRICS.awards)(goal.target, words)}.`;
}

/** Who is in a segment. */
export function segmentSentence(segment, words = {}) {
  const told = grouped({ match: segment.match, conditions: segment.conditions || [] }, words, { event: false }).trim();
  return sentence(told ? told.replace(/^for /, "") : "Every member");
}

/** What points buy: "£5 off for 300 points, at most 2 per member." */
export function rewardSentence(reward, words = {}) {
  const limit = reward.per_member_limit;
  const parts = [
    `${gives(reward, words)} for ${reward.cost ? points(reward.cost, words) : "… points"}${eligible(reward.eligibility, words)}`,
    reward.inventory === null || reward.inventory === undefined ? "" : `${number(reward.inventory, words)} in all`,
    limit ? `${limit === 1 ? "one" : `at most ${number(limit, words)}`} per member` : "",
    span(reward.starts_at, reward.ends_at, words),
    reward.on_refund === "keep" ? "kept even if the payment is refunded" : "",
  ];
  return sentence(parts.filter(Boolean).join(", "));
}

/** What one redemption of a reward gives. */
export function gives({ type, value }, words = {}) {
  const amount = value?.amount ? cash(value.amount, value.currency, words) : "…";
  if (type === "discount_percent") return `${isDecimal(value?.percent) ? number(value.percent, words) : "…"} % off`.replace(" %", "%");
  if (type === "store_credit") return `${amount} of store credit`;
  if (type === "free_product") return `${number(value?.quantity ?? 1, words)} × ${value?.product || "…"}`;
  return type === "partner" ? `${value?.sku || "…"} from ${value?.partner || "…"}` : `${amount} off`;
}

function eligible(eligibility, words) {
  const tiers = (eligibility?.tiers || []).map((key) => tierName(key, words));
  const segment = eligibility?.segment ? ` in ${segmentName(eligibility.segment, words)}` : "";
  if (!tiers.length && !segment) return "";
  return ` for ${tiers.length ? `${list(tiers, "or")} ` : ""}members${segment}`;
}

/** What a referral promises both sides. */
export function referralSentence({ reward, qualify, max_conversions: most }, words = {}) {
  const sides = [
    reward?.referrer?.points ? `${points(reward.referrer.points, words)} for the member` : "",
    reward?.referee?.points ? `${points(reward.referee.points, words)} for the friend` : "",
  ].filter(Boolean);
  const least = qualify?.first_payment_minimum;
  const paid = least ? `paid ${cash(least, words.currency, words)} or more` : "paid";
  const days = count(qualify?.window_days ?? 30, "day", "days", words);
  const limit = most ? `, ${count(most, "time", "times", words)} at most` : "";
  return sentence(`${list(sides) || "Nothing but what rules give"} once the friend has ${paid} within ${days}${limit}`);
}

/** How long points last. */
export function expirySentence(expiry, words = {}) {
  const name = words.points || "points";
  if (!expiry) return sentence(`${name} never expire`);
  const months = count(expiry.months || 0, "month", "months", words);
  if (expiry.type === "rolling") return sentence(`${name} expire ${months} after they were earned`);
  if (expiry.type === "inactivity") return sentence(`all ${name} expire ${months} after the member last earned or redeemed`);
  const least = expiry.min_months ? `, once they are at least ${count(expiry.min_months, "month", "months", words)} old` : "";
  return sentence(`${name} expire at the end of each ${number(expiry.day || 1, words)} ${monthName(expiry.month || 1, words)}${least}`);
}
