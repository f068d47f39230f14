// How a member is called, and what the page knows by name.

import { expandedOf, idOf } from "./words.js";

/** What to call a member: the customer's name, else the email, else an id. @param {object} account */
export function nameOf(account) {
  const customer = expandedOf(account.customer);
  return customer?.name ?? customer?.email ?? idOf(account.customer) ?? account.id;
}

/** What stands beneath the name: the email, else the customer's id, else the account's. @param {object} account */
export function secondNameOf(account) {
  const customer = expandedOf(account.customer);
  const listed = [customer?.email, idOf(account.customer), account.id];
  return listed.find((each) => each && each !== nameOf(account)) ?? "";
}

/** What a program's tiers are called, by key. @param {object|null} program @returns {Record<string, string>} */
export function tierNames(program) {
  return Object.fromEntries((program?.tier_config?.tiers ?? []).map((tier) => [tier.key, tier.name]));
}

/**
 * What explanations may call by name: tiers of the program, campaigns and credits that the page has read.
 * @param {object|null} program @param {object[]} rows @param {object[]} lots @returns {import("./words.js").Names}
 */
export function namesOf(program, rows, lots = []) {
  const campaigns = rows.map((row) => expandedOf(row.campaign)).filter((campaign) => campaign !== null);
  const credits = [...rows.filter((row) => row.amount > 0), ...rows.map((row) => expandedOf(row.reverses)), ...lots];
  return {
    tiers: tierNames(program),
    campaigns: Object.fromEntries(campaigns.map((campaign) => [campaign.id, campaign.name])),
    lots: Object.fromEntries(credits.filter((credit) => credit !== null).map((credit) => [credit.id, credit])),
    currency: program?.default_currency,
    zone: program?.timezone,
  };
}
