// Plain words for what the API names by a code. Nothing here touches the page, so that it can be tested by itself.

import { date, digitsOf, money, plural } from "../../lib/format.js";

/**
 * A part of a sentence: text, or text that leads somewhere. `to` is a path of the dashboard, `row` the id of a ledger row.
 * @typedef {string | {text: string, to?: string, row?: string}} Piece
 */

/**
 * What is known by name on the page: tiers by key, campaigns by id, ledger rows by id, who did what by hand, the program's currency.
 * @typedef {{tiers?: Record<string, string>, campaigns?: Record<string, string>, lots?: Record<string, object>,
 *   doers?: Record<string, string>, currency?: string, zone?: string}} Names
 */

/** `1 point`, `1,200 points`. @param {number} amount */
export function countOf(amount) {
  return plural(amount || 0, "point", "points");
}

/**
 * Money without its minor part where that is nothing: `£1`, `£1.50`.
 * @param {number} minor @param {string} currency
 */
export function shortMoney(minor, currency) {
  const digits = digitsOf(currency);
  return digits === 0 ? money(minor, currency) : money(minor, currency).replace(new RegExp(`[.,٫]0{${digits}}(?!\\d)`), "");
}

const REASONS = {
  purchase: "a purchase",
  invoice: "an invoice",
  welcome_bonus: "joining",
  subscription: "a subscription",
  referral: "a referral",
  campaign: "a campaign",
  challenge: "a challenge",
  refund: "a refund",
  dispute: "a lost dispute",
  payment_failed: "a payment that failed",
  payment_expired: "a payment that expired",
  redemption: "a redemption",
  redemption_released: "a redemption that was released",
  redemption_reversed: "a redemption whose payment was refunded",
  reward: "a reward",
  expired: "expiry",
  opening_balance: "the balance brought from another system",
  opening_lifetime: "points earned in another system",
  goodwill_credit: "goodwill",
  goodwill: "goodwill",
  correction: "a correction",
};

/** `goodwill_credit` as people say it. @param {string|null} reason @returns {string} */
export function reasonWords(reason) {
  if (!reason) return "no reason given";
  return REASONS[reason] ?? spaced(reason);
}

/** Why something was done by hand, and by whom where that is known, as it stands behind what was done. @param {object} row @param {Names} names */
export function byHandWords({ id, reason }, names) {
  const why = reason ? ` (${reasonWords(reason)})` : ", with no reason given";
  return names.doers?.[id] ? `${why}, by ${names.doers[id]}` : why;
}

/** What an award is for: `joining`, or any event of the shop's by its name. @param {string|null} reason */
export function occasionWords(reason) {
  return REASONS[reason] ?? (reason ? `each “${spaced(reason)}”` : "each event");
}

/** `late_parcel` → `late parcel`; free text stays as it was written. @param {string} text */
export function spaced(text) {
  return /^[a-z0-9]+(_[a-z0-9]+)*$/.test(text) ? text.replaceAll("_", " ") : text;
}

/** The first letter in upper case. @param {string} text */
export function sentence(text) {
  return text === "" ? text : text[0].toUpperCase() + text.slice(1);
}

const REFUSED = {
  account_closed: "The account is closed.",
  reward_inactive: "The reward is not active now.",
  reward_not_eligible: "It is for another tier or segment.",
  reward_out_of_stock: "None is left.",
  redemption_limit_reached: "The member has had as many as one member may.",
  insufficient_points: "Not enough points.",
  program_paused: "The program is paused.",
  program_archived: "The program is archived.",
};

/** Why a member cannot have a reward. @param {{reason: string|null, points_short: number}} reward */
export function refusedWords(reward) {
  if (reward.reason === "insufficient_points") return `${countOf(reward.points_short)} short.`;
  return REFUSED[reward.reason] ?? sentence(spaced(reward.reason ?? "")) + ".";
}

const REFERRAL_ENDS = {
  account_closed: "the referrer's account was closed",
  referral_code_exhausted: "the code had no conversions left",
  referral_velocity_exceeded: "the referrer had brought as many members as the program allows",
  referral_self: "a merge made both sides one member",
  referee_already_referred: "another referral of the member came first",
  expired: "nobody paid within the window",
  refund: "a refund left less than the minimum",
  dispute: "a lost dispute left less than the minimum",
};

/** Why a referral was rejected, expired or reversed. @param {string|null} reason */
export function referralEndWords(reason) {
  return reason === null ? "" : (REFERRAL_ENDS[reason] ?? spaced(reason));
}

const RELEASES = { expired: "it was not used in time", payment_failed: "the payment failed", payment_expired: "the payment expired" };

/** Why a redemption was released. @param {string|null} reason */
export function releaseWords(reason) {
  return reason === null ? "" : (RELEASES[reason] ?? spaced(reason));
}

/** The day of a moment, in the program's zone where it is known. @param {string} moment @param {Names} names */
export function day(moment, names) {
  return date(moment, names.zone);
}

/** The name of a tier. @param {string} key @param {Names} names */
export function tierName(key, names) {
  return names.tiers?.[key] ?? key;
}

/** What a field holds that may be an id or the object itself. @param {string|object|null} value */
export function idOf(value) {
  return value === null || value === undefined ? null : typeof value === "string" ? value : value.id;
}

/** The object, where the field was expanded. @param {string|object|null} value */
export function expandedOf(value) {
  return value !== null && typeof value === "object" ? value : null;
}
