/**
 * What changed between two states of something configured, field by field in plain words. Pure.
 *
 * @typedef {import("./words.js").Words} Words
 * @typedef {{label: string, before: ?string, after: ?string}} Difference null where there was, or is, nothing.
 */
import { grouped } from "./clauses.js";
import { occasion } from "./occasions.js";
import { audiencePhrase, awarded, expirySentence, gives, goalSentence, mechanicPhrase, whenOf } from "./sentence.js";
import { cash, count, ending, factor, list, moment, monthName, number, points, segmentName, tierName } from "./words.js";

/**
 * Each field that differs, in the order in which a form has them.
 * @param {?Object} before
 * @param {?Object} after
 * @param {Words} [words]
 * @returns {Difference[]}
 */
export function differences(before, after, words = {}) {
  const [was, is] = [before, after].map((state) => (state ? described(state, words) : {}));
  const labels = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const told = labels.filter((label) => (was[label] ?? null) !== (is[label] ?? null));
  return told.map((label) => ({ label, before: was[label] ?? null, after: is[label] ?? null }));
}

/** Every field of a state in words, by its label; a field that says nothing is left out. */
export function described(state, words = {}) {
  const tell = DESCRIBED[state.object];
  const all = { Name: state.name, ...(tell ? tell(state, words) : {}), ...metadata(state.metadata) };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== null && text !== undefined && text !== ""));
}

function metadata(entries) {
  return Object.fromEntries(Object.entries(entries || {}).map(([key, value]) => [`Metadata “${key}”`, value]));
}

const yes = (value) => (value ? "yes" : "no");
const plain = (text) => text.trim().replace(/^(for|if) /, "$1 ");

const DESCRIBED = {
  earning_rule: (rule, words) => ({
    "In force": yes(rule.active),
    When: occasion(rule.trigger).label,
    Gives: awarded({ ...rule, multiplier: 1 }, words),
    Conditions: plain(grouped(rule.conditions, words, { trigger: rule.trigger, event: true })),
    Factor: Number(rule.multiplier ?? 1) === 1 ? "" : `× ${number(rule.multiplier, words)}`,
    "Further factors": factors(rule, words),
    "Most for a member": cap(rule, words),
    "Most in all": rule.budget ? points(rule.budget.points, words) : "",
    "Who gets them": rule.recipient,
    Starts: rule.starts_at ? moment(rule.starts_at, words) : "",
    Ends: rule.ends_at ? ending(rule.ends_at, words) : "",
  }),
  campaign: (campaign, words) => ({
    Status: campaign.status,
    For: audiencePhrase(campaign.audience, words).replace(/^for /, ""),
    Starts: campaign.schedule.starts_at ? moment(campaign.schedule.starts_at, words) : "",
    Ends: campaign.schedule.ends_at ? ending(campaign.schedule.ends_at, words) : "",
    "What it does": campaign.mechanics.map((mechanic) => mechanicPhrase(mechanic, words)).join("; "),
    "Most for a member": limits(campaign.per_member_limit, words),
    "Most in all": campaign.budget ? points(campaign.budget.points, words) : "",
    Goal: campaign.goal ? goalSentence(campaign.goal, words).replace(/^Goal: |\.$/g, "") : "",
  }),
  segment: (segment, words) => ({
    Conditions: plain(grouped(segment, words)) || "every member",
  }),
  reward: (reward, words) => ({
    "In the catalogue": yes(reward.active),
    Description: reward.description,
    Gives: gives(reward, words),
    Costs: points(reward.cost, words),
    "How many there are": reward.inventory === null ? "no end of them" : number(reward.inventory, words),
    "Most for a member": reward.per_member_limit === null ? "" : number(reward.per_member_limit, words),
    Tiers: list((reward.eligibility?.tiers || []).map((key) => tierName(key, words)), "or"),
    Segment: reward.eligibility?.segment ? segmentName(reward.eligibility.segment, words) : "",
    Starts: reward.starts_at ? moment(reward.starts_at, words) : "",
    Ends: reward.ends_at ? ending(reward.ends_at, words) : "",
    "After a full refund": reward.on_refund === "keep" ? "the redemption is kept" : "the points come back",
  }),
  program: (program, words) => ({ ...policies(program, words), ...levels(program.tier_config, words) }),
};

function factors(rule, words) {
  const setting = { trigger: rule.trigger, event: true };
  const told = (rule.multipliers || []).map((entry) => `${factor(entry.factor, words)}${grouped(whenOf(entry.when), words, setting)}`);
  return told.join(", else ");
}

function cap({ cap: limit, window }, words) {
  return limit ? `${limits(limit, words)} per ${window === "lifetime" ? "lifetime" : window}` : "";
}

function limits(limit, words) {
  const told = [
    limit?.points ? points(limit.points, words) : "",
    limit?.times ? count(limit.times, "time", "times", words) : "",
  ];
  return list(told.filter(Boolean));
}

function policies(program, words) {
  const limit = program.referral_limit;
  return {
    Status: program.status,
    "New customers are enrolled": yes(program.auto_enroll),
    Timezone: program.timezone,
    "Main currency": program.default_currency,
    "Points are called": program.currency.name,
    "A point is worth": `${number(program.currency.point_value, words)} in minor units`,
    Rounding: program.currency.rounding,
    Expiry: expirySentence(program.currency.expiry, words),
    "Points are held for": count(program.hold_days, "day", "days", words),
    "After a refund": program.clawback === "clamp" ? "balances stop at zero" : "balances may go below zero",
    "Grace for returned points": count(program.return_grace_days, "day", "days", words),
    "Unused discounts are given back after": hours(program.redemption_ttl_hours, words),
    "Notice before points expire": count(program.expiring_notice_days, "day", "days", words),
    "Referrals per member": limit ? referralLimit(limit, words) : "any number",
    "Link for referral codes": program.referral_share_url,
  };
}

function hours(value, words) {
  if (value === null) return "never";
  return value >= 48 && value % 24 === 0 ? count(value / 24, "day", "days", words) : count(value, "hour", "hours", words);
}

function referralLimit({ attributions, conversions, window_days: days }, words) {
  const told = [
    attributions ? `${number(attributions, words)} brought` : "",
    conversions ? `${number(conversions, words)} converted` : "",
  ];
  return `${list(told.filter(Boolean)) || "any number"} within ${count(days, "day", "days", words)}`;
}

function levels(config, words) {
  const keep = config.downgrade.grace_days;
  const told = {
    "Tiers go by": config.qualify_on === "spend" ? "money spent" : "points earned",
    "Tiers count": periodWords(config.period, words),
    "Moving down": `${DOWN[config.downgrade.mode]}${keep ? `, ${count(keep, "day", "days", words)} later` : ""}`,
  };
  for (const tier of config.tiers) told[`Tier “${tier.key}”`] = level(tier, config.qualify_on, words);
  return told;
}

const DOWN = { immediate: "at once", period_end: "at the end of the next period", never: "never" };

function level(tier, qualifyOn, words) {
  const from = qualifyOn === "spend" ? cash(tier.threshold, words.currency, words) : number(tier.threshold, words);
  const times = Number(tier.multiplier) === 1 ? "" : `, × ${number(tier.multiplier, words)}`;
  const more = tier.benefits.length ? `, ${tier.benefits.join(", ")}` : "";
  return `${tier.name} (rank ${tier.rank}) from ${from}${times}${more}`;
}

/** Over which time a tier is qualified for. */
export function periodWords(period, words = {}) {
  if (period.type === "lifetime") return "a lifetime";
  const months = count(period.months || 0, "month", "months", words);
  if (period.type === "rolling") return `the last ${months}`;
  const first = period.starts_month || 1;
  if (period.months === 12) return first === 1 ? "a calendar year" : `a year from 1 ${monthName(first, words)}`;
  return `calendar periods of ${months}, the first from ${monthName(first, words)}`;
}
