/**
 * The facts that conditions can ask about, as a form offers them: grouped, labelled, with what values each takes. Pure.
 *
 * @typedef {Object} Fact
 * @property {string} key Its name, with `{}` where something has to be filled in: `spend_{}d`.
 * @property {string} label For people.
 * @property {"number"|"text"|"flag"|"instant"|"tier"|"segment"|"any"} kind What its values are; `any`: not known beforehand.
 * @property {"money"|"points"|"days"|"count"} [unit] What a number of it counts.
 * @property {{label: string, example: string, whole?: boolean}} [blank] What fills the `{}`.
 */

const OPERATORS = {
  number: ["eq", "neq", "gt", "gte", "lt", "lte", "between", "in", "not_in", "exists"],
  text: ["eq", "neq", "in", "not_in", "contains", "exists"],
  flag: ["eq", "neq", "exists"],
  instant: ["gt", "gte", "lt", "lte", "between", "exists"],
  tier: ["eq", "neq", "in", "not_in", "exists"],
  segment: ["eq", "neq", "in", "not_in"],
  any: ["eq", "neq", "gt", "gte", "lt", "lte", "between", "in", "not_in", "contains", "exists"],
};

const OPERATOR_LABELS = {
  eq: "is",
  neq: "is not",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  between: "is between",
  in: "is one of",
  not_in: "is none of",
  contains: "contains",
  exists: "is known",
};
const TIME_LABELS = { gt: "is after", gte: "is at or after", lt: "is before", lte: "is at or before" };

const EVENT = [
  { key: "event.amount", label: "Amount", kind: "number", unit: "money" },
  { key: "event.currency", label: "Currency", kind: "text" },
  { key: "event.metadata.{}", label: "Metadata of the event", kind: "any", blank: { label: "Key", example: "channel" } },
  { key: "event.{}", label: "Another field of the event", kind: "any", blank: { label: "Field", example: "plan.interval" } },
];
const ITEMS = [
  { key: "event.line_items.sku", label: "SKU of the item", kind: "text" },
  { key: "event.line_items.category", label: "Category of the item", kind: "text" },
  { key: "event.line_items.amount", label: "Amount of the item", kind: "number", unit: "money" },
  { key: "event.line_items.{}", label: "Another field of the item", kind: "any", blank: { label: "Field", example: "brand" } },
];
const DAYS = { label: "Days", example: "90", whole: true };
const BEHAVIOUR = [
  { key: "spend_{}d", label: "Spent in the last days", kind: "number", unit: "money", blank: DAYS },
  { key: "spend_lifetime", label: "Spent in all", kind: "number", unit: "money" },
  { key: "orders_{}d", label: "Orders in the last days", kind: "number", unit: "count", blank: DAYS },
  { key: "orders_lifetime", label: "Orders in all", kind: "number", unit: "count" },
  { key: "redemptions_total", label: "Rewards redeemed", kind: "number", unit: "count" },
  { key: "last_activity_days", label: "Days since the last activity", kind: "number", unit: "days" },
];
const MEMBER = [
  { key: "tier", label: "Tier", kind: "tier" },
  { key: "segment", label: "Segment", kind: "segment" },
  { key: "points_balance", label: "Points balance", kind: "number", unit: "points" },
  { key: "account.pending_balance", label: "Pending points", kind: "number", unit: "points" },
  { key: "account.lifetime_points", label: "Points earned in all", kind: "number", unit: "points" },
  { key: "enrolled_days", label: "Days since joining", kind: "number", unit: "days" },
  { key: "account.enrolled_at", label: "Joined at", kind: "instant" },
  { key: "account.created_at", label: "Account made at", kind: "instant" },
  { key: "account.updated_at", label: "Account changed at", kind: "instant" },
  { key: "account.last_activity_at", label: "Last active at", kind: "instant" },
  { key: "account.status", label: "Status of the account", kind: "text" },
  { key: "account.customer", label: "Customer id", kind: "text" },
  { key: "account.id", label: "Account id", kind: "text" },
  { key: "account.program", label: "Program id", kind: "text" },
  { key: "metadata.{}", label: "Metadata of the member", kind: "text", blank: { label: "Key", example: "size" } },
];
const CUSTOMER = [
  { key: "country", label: "Country", kind: "text" },
  { key: "email_subscribed", label: "Subscribed to emails", kind: "flag" },
  { key: "customer.email", label: "Email address", kind: "text" },
  { key: "customer.metadata.{}", label: "Metadata of the customer", kind: "any", blank: { label: "Key", example: "newsletter" } },
  { key: "customer.{}", label: "Another field of the customer", kind: "any", blank: { label: "Field", example: "birthday" } },
];
/** Spellings that the API takes as well; a form shows them as the fact that they stand for. */
const SPELLINGS = { "account.tier": "tier", "account.balance": "points_balance", "customer.country": "country" };

/**
 * The groups of facts that conditions about this may use.
 * @param {"event"|"member"} about Rules and campaigns are about an event and its member, segments about members alone.
 * @param {{items?: boolean}} [options] Whether single items may be asked about.
 * @returns {{label: string, facts: Fact[]}[]}
 */
export function groups(about, { items = true } = {}) {
  const member = [
    { label: "The member", facts: about === "event" ? MEMBER : MEMBER.filter((fact) => fact.key !== "segment") },
    { label: "What the member did", facts: BEHAVIOUR },
    { label: "The customer", facts: CUSTOMER },
  ];
  if (about !== "event") return member;
  return [
    { label: "The purchase or event", facts: EVENT },
    ...(items ? [{ label: "The items bought", facts: ITEMS }] : []),
    ...member,
  ];
}

const ALL = [...ITEMS, ...EVENT, ...MEMBER, ...BEHAVIOUR, ...CUSTOMER];

/**
 * Which fact a name stands for, and what fills its blank; for an unknown name, a fact of any kind.
 * @param {string} name
 * @returns {{fact: Fact, filled: string}}
 */
export function read(name) {
  const given = name || "";
  const plain = SPELLINGS[given] || given.replace(/^account\.metadata\./, "metadata.");
  const exact = ALL.find((fact) => fact.key === plain);
  if (exact) return { fact: exact, filled: "" };
  for (const fact of ALL.filter((entry) => entry.blank)) {
    const [head, tail] = fact.key.split("{}");
    const fits = plain.startsWith(head) && plain.endsWith(tail) && plain.length >= head.length + tail.length;
    const filled = fits ? plain.slice(head.length, plain.length - tail.length) : "";
    if (fits && (!fact.blank.whole || /^[0-9]*$/.test(filled))) return { fact, filled };
  }
  return { fact: { key: given, label: given || "Choose…", kind: "any" }, filled: "" };
}

/** The name of a fact with its blank filled in. */
export function fill(key, filled) {
  return key.replace("{}", filled);
}

/** Whether it is about single items of a purchase. */
export function isOfItems(name) {
  return (name || "").startsWith("event.line_items.");
}

/** Whether it is about the event, items aside. */
export function isOfEvent(name) {
  return (name || "").startsWith("event.") && !isOfItems(name);
}

/**
 * The operators that a fact takes, with how a form words them.
 * @param {Fact} fact
 * @returns {[string, string][]}
 */
export function operators(fact) {
  const labels = fact.kind === "instant" ? { ...OPERATOR_LABELS, ...TIME_LABELS } : OPERATOR_LABELS;
  return (OPERATORS[fact.kind] || OPERATORS.any).map((op) => [op, labels[op]]);
}

/**
 * What kind of value a condition has: the fact's, or where that is not known the kind of the value itself.
 * @param {Fact} fact
 * @param {*} value
 * @returns {"number"|"text"|"flag"|"instant"|"tier"|"segment"}
 */
export function valueKind(fact, value) {
  if (fact.kind !== "any") return fact.kind;
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === "number") return "number";
  if (typeof first === "boolean") return "flag";
  return typeof first === "string" && /^\d{4}-\d{2}-\d{2}T/.test(first) ? "instant" : "text";
}

/**
 * A value fit for an operator, as much as possible of the one before kept: a list becomes its first entry, and so on.
 * @param {string} op
 * @param {*} value
 */
export function fitValue(op, value) {
  if (op === "exists") return typeof value === "boolean" ? value : true;
  const first = Array.isArray(value) ? value[0] ?? null : value;
  if (op === "in" || op === "not_in") return Array.isArray(value) ? value : [null, undefined, ""].includes(value) ? [] : [value];
  if (op === "between") return Array.isArray(value) ? [value[0] ?? null, value[1] ?? null] : [first, null];
  return first ?? null;
}
