/**
 * What happens when a rule or a mechanic reacts, in words. Pure. `each` follows an amount of points ("500 points for each
 * payment"), `of` follows a rate, `one` and `many` are counted.
 */

/** Triggers that a form offers, by group; any other dotted name is the shop's own. */
export const TRIGGERS = [
  {
    label: "What customers do",
    triggers: {
      "payment.completed": ["A payment completes", "payment", "payments"],
      "invoice.paid": ["An invoice is paid", "paid invoice", "paid invoices"],
      "subscription.created": ["A subscription starts", "new subscription", "new subscriptions"],
      "payment.failed": ["A payment fails", "failed payment", "failed payments"],
      "payment.expired": ["A payment expires", "expired payment", "expired payments"],
      "payment.refunded": ["A payment is refunded", "refunded payment", "refunded payments"],
      "refund.completed": ["A refund completes", "refund", "refunds"],
      "dispute.resolved": ["A dispute is resolved", "resolved dispute", "resolved disputes"],
      "customer.created": ["A customer is added", "new customer", "new customers"],
      "customer.updated": ["A customer changes", "change of the customer", "changes of the customer"],
    },
  },
  {
    label: "What happens to members",
    triggers: {
      "loyalty.account.created": ["A member joins", "new member", "new members"],
      "loyalty.account.updated": ["A member is changed", "change of the member", "changes of the member"],
      "loyalty.account.reopened": ["A member comes back", "return of a closed member", "returns of a closed member"],
      "loyalty.account.merged": ["Two members are merged", "merge", "merges"],
      "loyalty.tier.changed": ["A member changes tier", "change of tier", "changes of tier"],
      "loyalty.points.earned": ["Points are earned", "earning of points", "earnings of points"],
      "loyalty.points.redeemed": ["Points are redeemed", "use of points", "uses of points"],
      "loyalty.points.reversed": ["Points are taken back", "reversal of points", "reversals of points"],
      "loyalty.points.adjusted": ["Points are adjusted", "adjustment of points", "adjustments of points"],
      "loyalty.points.expired": ["Points expire", "expiry of points", "expiries of points"],
      "loyalty.points.expiring": ["Points are about to expire", "notice of expiring points", "notices of expiring points"],
      "loyalty.points.available": ["Points become available", "release of pending points", "releases of pending points"],
      "loyalty.reward.redeemed": ["A reward is redeemed", "redeemed reward", "redeemed rewards"],
      "redemption.completed": ["A redemption is used", "used redemption", "used redemptions"],
      "campaign.progressed": ["A challenge is progressed", "step of a challenge", "steps of a challenge"],
      "campaign.completed": ["A challenge is met", "challenge met", "challenges met"],
    },
  },
  {
    label: "Referrals",
    referrals: true,
    triggers: {
      "referral.converted": ["A referral converts", "referral that converts", "referrals that convert"],
      "referral.attributed": ["A referral code is used", "use of a referral code", "uses of a referral code"],
      "referral.created": ["A referral code is made", "new referral code", "new referral codes"],
      "referral.rejected": ["A referral is rejected", "rejected referral", "rejected referrals"],
      "referral.reversed": ["A referral is reversed", "reversed referral", "reversed referrals"],
    },
  },
];

const KNOWN = Object.assign({}, ...TRIGGERS.map((group) => group.triggers));
const EACH = { "loyalty.account.created": "for joining", "referral.converted": "for each referral that converts" };

/**
 * A trigger in the words that a sentence needs.
 * @param {string} trigger
 * @returns {{label: string, each: string, of: string, one: string, many: string}}
 */
export function occasion(trigger) {
  const known = KNOWN[trigger];
  if (!known) return own(trigger);
  const [label, one, many] = known;
  const of = trigger === "payment.completed" ? "" : ` of each ${one}`;
  return { label, each: EACH[trigger] || `for each ${one}`, of, one, many };
}

function own(trigger) {
  const name = `“${trigger || "…"}”`;
  return { label: trigger || "…", each: `for each ${name} event`, of: ` of each ${name} event`, one: `${name} event`, many: `${name} events` };
}

/** Whether it is one that the form offers by name. */
export function isKnown(trigger) {
  return Boolean(KNOWN[trigger]);
}
