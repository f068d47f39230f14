// A campaign between the API and its form. Pure.

import { same } from "./paths.js";

const FIELDS = ["name", "audience", "schedule", "mechanics", "goal", "budget", "per_member_limit", "metadata"];
const SETTLED = ["audience", "mechanics", "per_member_limit"];

/** What each mechanic begins with. */
export const MECHANICS = {
  points_multiplier: () => ({ type: "points_multiplier", trigger: "payment.completed", factor: "2" }),
  bonus_points: () => ({ type: "bonus_points", trigger: "payment.completed", points: 200 }),
  challenge: () => ({ type: "challenge", trigger: "payment.completed", count: 3, points: 300 }),
  featured_reward: () => ({ type: "featured_reward", reward: "", cost: null }),
};

/** A new campaign: double points for everyone. */
export function newCampaign() {
  return {
    ...{ name: "", audience: { type: "all" }, schedule: { starts_at: null, ends_at: null } },
    ...{ mechanics: [MECHANICS.points_multiplier()], goal: null, budget: null, per_member_limit: null, metadata: {} },
  };
}

/** The fields of a campaign that a form changes. */
export function draftOf(campaign) {
  return Object.fromEntries(FIELDS.map((name) => [name, campaign[name] ?? null]));
}

function cleaned(draft) {
  return { ...draft, mechanics: (draft.mechanics ?? []).map(cleanMechanic) };
}

function cleanMechanic(mechanic) {
  const said = Object.entries(mechanic).filter(([name, value]) => value !== null && value !== undefined && !isEmptyGroup(name, value));
  return Object.fromEntries(said);
}

function isEmptyGroup(name, value) {
  return name === "conditions" && !value.conditions?.length;
}

/** The body that makes a campaign of a draft. */
export function creation(draft, program) {
  const said = Object.entries(cleaned(draft)).filter(([, value]) => value !== null && !isEmpty(value));
  return { program, ...Object.fromEntries(said) };
}

function isEmpty(value) {
  return typeof value === "object" && !Array.isArray(value) && Object.values(value).every((entry) => entry === null);
}

/** The body that changes a campaign into its draft: schedule and metadata field by field. */
export function update(draft, campaign) {
  const [now, before] = [cleaned(draft), cleaned(draftOf(campaign))];
  const told = {};
  for (const name of FIELDS) {
    if (same(now[name], before[name])) continue;
    told[name] = name === "schedule" || name === "metadata" ? changedFields(now[name] ?? {}, before[name] ?? {}) : now[name];
  }
  return told;
}

function changedFields(now, before) {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((name) => now[name] !== before[name]);
  return Object.fromEntries(names.map((name) => [name, now[name] ?? null]));
}

/**
 * Whether a field stays as it is, since the campaign has begun or is over for good.
 * @param {object|null} campaign null for a new one
 * @param {string} field
 */
export function isSettled(campaign, field) {
  if (!campaign || campaign.status === "draft" || campaign.status === "scheduled") return false;
  if (campaign.status === "archived") return field !== "name" && field !== "metadata";
  return SETTLED.includes(field) || field === "schedule.starts_at";
}
