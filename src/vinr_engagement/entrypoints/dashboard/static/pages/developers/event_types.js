// The outgoing events that there are, by family.

export const FAMILIES = {
  "loyalty.account": ["created", "updated", "closed", "reopened", "merged", "erased"],
  "loyalty.points": ["earned", "redeemed", "reversed", "adjusted", "expired", "expiring", "available"],
  "loyalty.tier": ["changed"],
  "loyalty.reward": ["redeemed"],
  redemption: ["completed", "released", "reversed", "conflict"],
  referral: ["created", "attributed", "converted", "rejected", "reversed"],
  credit: ["issued", "spent", "reversed", "expired"],
  campaign: ["started", "ended", "progressed", "completed"],
  webhook_endpoint: ["disabled"],
};

/** @param {string} family @returns {string[]} its types */
export const typesOf = (family) => FAMILIES[family].map((name) => `${family}.${name}`);

export const EVENT_TYPES = Object.keys(FAMILIES).flatMap(typesOf);

/** What a list of events can be narrowed to: a family with more than one type, and each type. */
export const TYPE_OPTIONS = Object.keys(FAMILIES).flatMap((family) => {
  const types = typesOf(family);
  return [...(types.length > 1 ? [`${family}.*`] : []), ...types].map((type) => [type, type]);
});
