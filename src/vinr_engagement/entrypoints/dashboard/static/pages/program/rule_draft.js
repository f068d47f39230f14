// An earning rule between the API and its form. Pure.

import { changes } from "./paths.js";

const FIELDS = [
  ...["name", "trigger", "award", "conditions", "multiplier", "multipliers", "cap", "window", "budget", "recipient"],
  ...["starts_at", "ends_at", "active", "metadata"],
];

/**
 * A new rule: a point for each major unit that is paid.
 * @param {number} minorUnits  in a major unit of the program's currency
 */
export function newRule(minorUnits = 100) {
  return {
    ...{ name: "", trigger: "payment.completed", award: { type: "per_amount", per: minorUnits, points: 1 } },
    ...{ conditions: null, multiplier: 1, multipliers: [], cap: null, window: null, budget: null, recipient: null },
    ...{ starts_at: null, ends_at: null, active: true, metadata: {} },
  };
}

/** The fields of a rule that a form changes. */
export function draftOf(rule) {
  return Object.fromEntries(FIELDS.map((name) => [name, rule[name] ?? (name === "multipliers" ? [] : null)]));
}

/** A draft as the API takes it, in one spelling: what was left empty is null. */
export function cleaned(draft) {
  const { cap, multipliers, trigger } = draft;
  return {
    ...draft,
    conditions: draft.conditions?.conditions?.length ? draft.conditions : null,
    multiplier: draft.multiplier === null || draft.multiplier === "" ? 1 : draft.multiplier,
    multipliers: multipliers ?? [],
    window: cap ? draft.window : null,
    recipient: (trigger ?? "").startsWith("referral.") ? draft.recipient : null,
  };
}

/** The body that makes a rule of a draft: only what says something. */
export function creation(draft, program) {
  const said = Object.entries(cleaned(draft)).filter(([name, value]) => saysSomething(name, value));
  return { program, ...Object.fromEntries(said) };
}

function saysSomething(name, value) {
  if (value === null || value === undefined || value === "") return false;
  if (name === "multiplier") return Number(value) !== 1;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** The body that changes a rule into its draft. */
export function update(draft, rule) {
  return changes(cleaned(draft), cleaned(draftOf(rule)));
}

/**
 * An award of another type that keeps what it can of the one before.
 * @param {object} award
 * @param {string} type
 * @param {{currency: string, minorUnits: number}} money
 */
export function awardOfType(award, type, { currency, minorUnits }) {
  const points = award.points ?? Object.values(award.rates ?? {})[0] ?? 1;
  if (type === "fixed") return { type, points: Math.max(1, Math.round(Number(points)) || 1) };
  if (type === "per_currency") return { type, rates: { [currency]: points } };
  return { type: "per_amount", per: minorUnits, points };
}
