// A reward between the API and its form. Pure.

import { changes } from "./paths.js";

const FIELDS = [
  ...["name", "description", "type", "cost", "value", "active", "inventory", "per_member_limit", "eligibility"],
  ...["starts_at", "ends_at", "on_refund", "metadata"],
];

/** A new reward: money off. */
export function newReward(currency) {
  return {
    ...{ name: "", description: null, type: "discount_amount", cost: 500, value: { amount: 500, currency }, active: true },
    ...{ inventory: null, per_member_limit: null, eligibility: null, starts_at: null, ends_at: null, on_refund: "return", metadata: {} },
  };
}

/** The fields of a reward that a form changes. */
export function draftOf(reward) {
  return Object.fromEntries(FIELDS.map((name) => [name, reward[name] ?? null]));
}

function cleaned(draft) {
  const { tiers = [], segment = null } = draft.eligibility ?? {};
  const isForSome = (tiers ?? []).length > 0 || Boolean(segment);
  return {
    ...draft,
    description: draft.description || null,
    eligibility: isForSome ? { tiers: tiers ?? [], segment: segment || null } : null,
  };
}

/** The body that makes a reward of a draft: only what says something. */
export function creation(draft, program) {
  const said = Object.entries(cleaned(draft)).filter(([name, value]) => name === "value" || !isNothing(value));
  return { program, ...Object.fromEntries(said) };
}

function isNothing(value) {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/** The body that changes a reward into its draft; a value goes with its type. */
export function update(draft, reward) {
  return changes(cleaned(draft), cleaned(draftOf(reward)));
}

/** The value that a type begins with, with what it can keep of the one before. */
export function valueOfType(type, value, currency) {
  if (type === "discount_percent") return { percent: "10" };
  if (type === "free_product") return { product: "", quantity: 1 };
  if (type === "partner") return { partner: "", sku: "" };
  return { amount: value?.amount ?? 500, currency: value?.currency ?? currency };
}
