/**
 * Conditions as parts of a sentence. Each is one of three: about who the member is ("who have spent at least £500 in all"),
 * about what happened ("the payment is at least £30"), about single items ("category is shoes"). Pure.
 *
 * @typedef {import("./words.js").Words} Words
 * @typedef {{fact: string, op: string, value?: *}} Condition
 */
import { isOfEvent, isOfItems, read, valueKind } from "./facts.js";
import { cash, count, list, moment, number, points, segmentName, tierName, times } from "./words.js";

const COMPARED = {
  gt: (value) => `more than ${value}`,
  gte: (value) => `at least ${value}`,
  lt: (value) => `less than ${value}`,
  lte: (value) => `at most ${value}`,
};
const COMPARED_TIMES = {
  gt: (value) => `after ${value}`,
  gte: (value) => `at or after ${value}`,
  lt: (value) => `before ${value}`,
  lte: (value) => `at or before ${value}`,
};
const PAID = { "payment.completed": "the payment", "invoice.paid": "the invoice" };

/**
 * What follows "for members": "who are Gold", "whose country is GB".
 * @param {Condition} condition
 * @param {Words} words
 * @param {{event?: boolean}} [setting] Whether it is judged at an event, which itself does not count yet.
 */
export function who(condition, words, setting = {}) {
  const { fact, filled } = read(condition.fact);
  const tell = WHO[fact.key];
  return tell ? tell(condition, words, filled, setting) : `whose ${ownLabel(fact, filled)} ${predicate(fact, condition, words)}`;
}

/**
 * What follows "if": "the payment is at least £30".
 * @param {Condition} condition
 * @param {Words} words
 * @param {string} [trigger] The type of the event.
 */
export function happening(condition, words, trigger) {
  const { fact, filled } = read(condition.fact);
  if (fact.key === "event.amount") return `${PAID[trigger] || "its amount"} ${predicate(fact, condition, words)}`;
  if (trigger === "loyalty.tier.changed" && EVENT_OF_TIER[condition.fact]) {
    const tier = { key: condition.fact, kind: "tier" };
    return `${EVENT_OF_TIER[condition.fact]} ${predicate(tier, condition, words)}`;
  }
  const name = fact.key === "event.currency" ? "currency" : quoted(filled || condition.fact?.replace(/^event\./, ""));
  return `its ${name} ${predicate(fact, condition, words)}`;
}

const EVENT_OF_TIER = { "event.to": "the new tier", "event.from": "the tier before" };

/** What follows "on items whose": "category is shoes". */
export function ofItem(condition, words) {
  const { fact } = read(condition.fact);
  return `${condition.fact.replace("event.line_items.", "") || "…"} ${predicate(fact, condition, words)}`;
}

function ownLabel(fact, filled) {
  return fact.blank ? quoted(filled) : LABELS[fact.key] || quoted(fact.key);
}

/** A name of the shop's own: as it is where it is one plain word, else in quotes. */
function quoted(name) {
  return /^[a-z_]+$/.test(name || "") ? name.replaceAll("_", " ") : `“${name || "…"}”`;
}

const LABELS = {
  country: "country",
  "customer.email": "email address",
  "account.status": "account’s status",
  "account.customer": "customer id",
  "account.id": "account id",
  "account.program": "program",
};

/** "is at least £30", "is GB or IE", "is not known". */
function predicate(fact, condition, words) {
  const { op, value } = condition;
  if (op === "exists") return value === false ? "is not known" : "is known";
  const shown = (entry) => shownValue(fact, value, entry, words);
  const entries = Array.isArray(value) ? value.map(shown) : [shown(value)];
  if (op === "eq") return `is ${entries[0]}`;
  if (op === "neq") return `is not ${entries[0]}`;
  if (op === "in") return `is ${list(entries, "or") || "…"}`;
  if (op === "not_in") return entries.length > 1 ? `is none of ${list(entries, "or")}` : `is not ${entries[0] || "…"}`;
  if (op === "contains") return `contains ${entries[0]}`;
  if (op === "between") return `is between ${entries[0]} and ${entries[1] || "…"}`;
  const compared = valueKind(fact, value) === "instant" ? COMPARED_TIMES : COMPARED;
  return `is ${(compared[op] || COMPARED.gte)(entries[0])}`;
}

function shownValue(fact, value, entry, words) {
  if (entry === null || entry === undefined || entry === "") return "…";
  const kind = valueKind(fact, value);
  if (kind === "tier") return tierName(entry, words);
  if (kind === "segment") return segmentName(entry, words);
  if (kind === "instant") return moment(entry, words);
  if (typeof entry === "boolean") return entry ? "yes" : "no";
  if (kind === "number" && fact.unit === "money") return cash(entry, words.currency, words);
  return typeof entry === "number" ? number(entry, words) : String(entry);
}

/** "at least 3 times", "£20 or £30", with each value told by `told`. */
function amounts(condition, told) {
  const { op, value } = condition;
  const entries = (Array.isArray(value) ? value : [value]).map((entry) => (isMissing(entry) ? "…" : told(entry)));
  if (op === "between") return `between ${entries[0]} and ${entries[1] || "…"}`;
  if (op === "in") return list(entries, "or") || "…";
  if (op === "not_in") return `anything but ${list(entries, "or") || "…"}`;
  if (op === "neq") return `anything but ${entries[0]}`;
  return op === "eq" ? `exactly ${entries[0]}` : (COMPARED[op] || COMPARED.gte)(entries[0]);
}

function isMissing(entry) {
  return entry === null || entry === undefined || entry === "";
}

/** Whether a count that is compared so can only be zero, or is anything but zero. */
function noneOrSome({ op, value }) {
  const zero = (op === "eq" || op === "lte") && value === 0;
  if (zero || (op === "lt" && value === 1)) return "none";
  return ((op === "gt" || op === "neq") && value === 0) || (op === "gte" && value === 1) ? "some" : null;
}

function within(filled, { event }) {
  if (filled === "1") return " today";
  if (filled) return ` in the last ${filled} days`;
  return event ? " before" : "";
}

function spent(condition, words, filled, setting) {
  const when = within(filled, { event: false }) || " in all";
  const told = { none: "nothing", some: "something" }[noneOrSome(condition)];
  if (condition.op === "exists") return known(condition, `whose spending${when}`);
  return `who have spent ${told || amounts(condition, (value) => cash(value, words.currency, words))}${when}`;
}

function ordered(condition, words, filled, setting) {
  const when = within(filled, setting);
  if (condition.op === "exists") return known(condition, `whose number of orders${when}`);
  const told = noneOrSome(condition);
  if (told === "none") return filled || setting.event ? `who have not ordered${when}` : "who have never ordered";
  return told === "some" ? `who have ordered${when}` : `who have ordered ${amounts(condition, often(words))}${when}`;
}

function redeemed(condition, words) {
  if (condition.op === "exists") return known(condition, "whose number of redemptions");
  const told = noneOrSome(condition);
  if (told === "none") return "who have never redeemed a reward";
  return told === "some" ? "who have redeemed a reward" : `who have redeemed ${amounts(condition, rewards(words))}`;
}

const often = (words) => (value) => times(value, words);
const rewards = (words) => (value) => count(value, "reward", "rewards", words);

function known(condition, subject) {
  return `${subject} is ${condition.value === false ? "not " : ""}known`;
}

function ago(verb, subject) {
  return (condition, words) => {
    if (condition.op === "exists") return known(condition, subject);
    return `who ${verb} ${amounts(condition, (value) => count(value, "day", "days", words))} ago`;
  };
}

function having(verb, subject, after = "") {
  return (condition, words) => {
    if (condition.op === "exists") return known(condition, subject);
    return `who ${verb} ${amounts(condition, (value) => points(value, words))}${after}`;
  };
}

function at(verb, subject) {
  return (condition, words) => {
    if (condition.op === "exists") return known(condition, subject);
    return `who ${verb} ${predicate({ kind: "instant" }, condition, words).replace(/^is /, '')}`;
  };
}

function inTier(condition, words) {
  if (condition.op === "exists") return condition.value === false ? "who are in no tier" : "who are in a tier";
  return `who are ${memberships(condition, (key) => tierName(key, words), "")}`;
}

function inSegment(condition, words) {
  return `who are ${memberships(condition, (id) => segmentName(id, words), "in ")}`;
}

function memberships({ op, value }, named, before) {
  const entries = (Array.isArray(value) ? value : [value]).map((entry) => `${before}${named(entry)}`);
  if (op === "eq" || op === "in") return list(entries, "or") || "…";
  return entries.length > 1 ? `neither ${entries.slice(0, -1).join(", ")} nor ${entries.at(-1)}` : `not ${entries[0] || "…"}`;
}

function subscribed({ op, value }) {
  if (op === "exists") return value === false ? "who never said whether they want emails" : "who said whether they want emails";
  if (op === "eq") return value === false ? "who want no emails" : "who want emails";
  return value === false ? "who did not refuse emails" : "who did not agree to emails";
}

const WHO = {
  tier: inTier,
  segment: inSegment,
  "spend_{}d": spent,
  spend_lifetime: spent,
  "orders_{}d": ordered,
  orders_lifetime: ordered,
  redemptions_total: redeemed,
  points_balance: having("have", "whose balance"),
  "account.pending_balance": having("have", "whose pending balance", " pending"),
  "account.lifetime_points": having("have earned", "whose points in all", " in all"),
  enrolled_days: ago("joined", "whose day of joining"),
  last_activity_days: ago("were last active", "whose last activity"),
  "account.enrolled_at": at("joined", "whose time of joining"),
  "account.created_at": at("were entered", "whose time of entry"),
  "account.updated_at": at("were last changed", "whose last change"),
  "account.last_activity_at": at("were last active", "whose time of last activity"),
  email_subscribed: subscribed,
};

/**
 * A group of conditions as the end of a sentence, beginning with a space or a comma; empty where nothing is asked.
 * @param {?{match?: string, conditions?: Condition[]}|Condition[]} group
 * @param {Words} words
 * @param {{trigger?: string, event?: boolean, everything?: string}} [setting]
 */
export function grouped(group, words, setting = {}) {
  const conditions = Array.isArray(group) ? group : group?.conditions || [];
  const any = !Array.isArray(group) && group?.match === "any" && conditions.length > 1;
  const items = conditions.filter((entry) => isOfItems(entry.fact)).map((entry) => ofItem(entry, words));
  const events = conditions.filter((entry) => isOfEvent(entry.fact));
  const members = conditions.filter((entry) => !isOfItems(entry.fact) && !isOfEvent(entry.fact));
  const parts = {
    items,
    events: events.map((entry) => happening(entry, words, setting.trigger)),
    members: any ? members.map((entry) => who(entry, words, setting)) : memberPhrases(members, words, setting),
  };
  return any ? anyOf(parts) : allOf(parts);
}

/** Members in a tier are called by its name: "Gold members who have …". */
function memberPhrases(members, words, setting) {
  const tier = members.find((entry) => entry.fact === "tier" && (entry.op === "eq" || entry.op === "in"));
  const rest = members.filter((entry) => entry !== tier).map((entry) => who(entry, words, setting));
  if (!tier) return rest.length ? [`members ${list(rest)}`] : [];
  const names = (Array.isArray(tier.value) ? tier.value : [tier.value]).map((key) => tierName(key, words));
  return [`${list(names, "or") || "…"} members${rest.length ? ` ${list(rest)}` : ""}`];
}

function allOf({ items, events, members }) {
  const ofItems = items.length ? ` on items whose ${list(items)}` : "";
  const forWhom = members.length ? ` for ${members[0]}` : "";
  const comma = forWhom || ofItems ? "," : "";
  return `${ofItems}${forWhom}${events.length ? `${comma} if ${list(events)}` : ""}`;
}

function anyOf({ items, events, members }) {
  const whole = [
    ...(members.length ? [`for members ${list(members, "or")}`] : []),
    ...(events.length ? [`if ${list(events, "or")}`] : []),
  ].join(", or ");
  if (!items.length) return ` ${whole}`;
  return ` on items whose ${list(items, "or")}${whole ? `, or on everything ${whole}` : ""}`;
}
