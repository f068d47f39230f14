// What an outgoing event says, in plain words.

import { date, inWords, money, points } from "../../lib/format.js";

/**
 * @typedef {object} Sentence
 * @property {string} did what happened; it follows the name of the member
 * @property {string} [much] how many points, or what it was about: the part to stand out
 * @property {string} [about] why
 * @property {"green" | "red" | "blue" | "amber" | "violet" | "neutral"} tone
 */

/** @param {number} amount @returns {string} without its sign */
export function pointsText(amount) {
  const whole = Math.abs(amount);
  return `${points(whole)} ${whole === 1 ? "point" : "points"}`;
}

const credit = (object) => `${money(Math.abs(object.amount), object.currency)} of store credit`;
const keysOf = (previous) => inWords(Object.keys(previous ?? {}).join(", "));

function earned(object) {
  return { did: "earned", much: pointsText(object.amount), about: inWords(object.reason), tone: "green" };
}

function reversed(object) {
  const much = pointsText(object.amount);
  if (object.amount > 0) return { did: "got back", much, about: inWords(object.reason), tone: "blue" };
  if (object.amount < 0) return { did: "lost", much, about: `${inWords(object.reason) || "Refund"}, clawed back`, tone: "red" };
  return { did: "kept", much: pointsText(object.uncollected), about: "Spent before the refund", tone: "amber" };
}

function adjusted(object) {
  const much = pointsText(object.amount);
  const about = inWords(object.reason) || "Adjusted by hand";
  return object.amount > 0 ? { did: "was given", much, about, tone: "green" } : { did: "was charged", much, about, tone: "amber" };
}

function expiring(object) {
  const about = object.expires_at ? `On ${date(object.expires_at)}` : "";
  return { did: "will soon lose", much: pointsText(object.remaining), about, tone: "amber" };
}

function moved(object) {
  const up = object.direction === "up";
  const much = inWords(object.to) || "no tier";
  return { did: up ? "rose to" : "fell to", much, about: inWords(object.reason), tone: up ? "violet" : "amber" };
}

function redeemed(object) {
  return { did: "redeemed", much: pointsText(object.points), about: object.reward_name, tone: "blue" };
}

function conflicted(object) {
  const much = object.reward_name;
  return { did: "paid with a redemption that no longer holds:", much, about: inWords(object.conflict), tone: "red" };
}

const SENTENCES = {
  "loyalty.account.created": () => ({ did: "joined", tone: "green" }),
  "loyalty.account.updated": (object, previous) => ({ did: "was updated", about: keysOf(previous), tone: "neutral" }),
  "loyalty.account.closed": () => ({ did: "’s account was closed", tone: "amber" }),
  "loyalty.account.reopened": () => ({ did: "’s account was reopened", tone: "green" }),
  "loyalty.account.merged": () => ({ did: "took over another account", about: "Merged", tone: "neutral" }),
  "loyalty.account.erased": () => ({ did: "was erased", tone: "amber" }),
  "loyalty.points.earned": earned,
  "loyalty.points.redeemed": (object) => ({ did: "spent", much: pointsText(object.amount), about: inWords(object.reason), tone: "blue" }),
  "loyalty.points.reversed": reversed,
  "loyalty.points.adjusted": adjusted,
  "loyalty.points.expired": (object) => ({ did: "lost", much: pointsText(object.amount), about: "Expired", tone: "amber" }),
  "loyalty.points.expiring": expiring,
  "loyalty.points.available": (object) => ({ did: "can now spend", much: pointsText(object.remaining), about: "Hold is over", tone: "green" }),
  "loyalty.tier.changed": moved,
  "loyalty.reward.redeemed": redeemed,
  "redemption.completed": (object) => ({ did: "used", much: object.reward_name, tone: "blue" }),
  "redemption.released": (object) => ({ did: "did not use", much: object.reward_name, about: inWords(object.release_reason), tone: "neutral" }),
  "redemption.reversed": (object) => ({ did: "returned", much: object.reward_name, about: "Payment refunded", tone: "amber" }),
  "redemption.conflict": conflicted,
  "referral.created": (object) => ({ did: "got the referral code", much: object.code, tone: "neutral" }),
  "referral.attributed": (object) => ({ did: "came with the referral code", much: object.code, tone: "violet" }),
  "referral.converted": (object) => ({ did: "made the first purchase of a referral", about: object.code, tone: "violet" }),
  "referral.rejected": (object) => ({ did: "’s referral came to nothing", about: inWords(object.reason ?? object.status), tone: "amber" }),
  "referral.reversed": (object) => ({ did: "’s referral was taken back", about: inWords(object.reason), tone: "red" }),
  "credit.issued": (object) => ({ did: "was given", much: credit(object), about: inWords(object.reason), tone: "green" }),
  "credit.spent": (object) => ({ did: "spent", much: credit(object), tone: "blue" }),
  "credit.reversed": (object) => ({ did: "got back", much: credit(object), about: inWords(object.reason), tone: "blue" }),
  "credit.expired": (object) => ({ did: "lost", much: credit(object), about: "Expired", tone: "amber" }),
  "campaign.started": () => ({ did: "started", about: "Campaign", tone: "violet" }),
  "campaign.ended": () => ({ did: "ended", about: "Campaign", tone: "neutral" }),
  "campaign.progressed": () => ({ did: "came closer to a challenge’s goal", tone: "neutral" }),
  "campaign.completed": () => ({ did: "completed a challenge", tone: "violet" }),
  "webhook_endpoint.disabled": (object) => ({ did: "was disabled", about: inWords(object.disabled_reason), tone: "red" }),
};

/**
 * @param {{type: string, data: {object: object | null, previous?: object}}} event
 * @returns {Sentence}
 */
export function sentenceOf(event) {
  const { object, previous } = event.data;
  if (!object) return { did: "was erased since", about: event.type, tone: "neutral" };
  return SENTENCES[event.type]?.(object, previous) ?? { did: event.type, tone: "neutral" };
}

/** @param {{account: string, data: {object: object | null}}} event @returns {string} what it is about where that is no member */
export function subjectOf(event) {
  const { object } = event.data;
  if (event.account.startsWith("camp_")) return object?.name ?? "A campaign";
  if (event.account.startsWith("we_")) return object?.url ?? "A webhook endpoint";
  return "";
}

/** @param {string} account @returns {string} the page about it */
export function pageOf(account) {
  if (account.startsWith("camp_")) return `campaigns/${account}`;
  return account.startsWith("we_") ? `webhooks/${account}` : `members/${account}`;
}

