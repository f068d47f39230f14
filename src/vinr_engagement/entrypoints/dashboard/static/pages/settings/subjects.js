// What the audit log tells of, and where that is shown.

export const ACTIONS = [
  "program.created",
  "program.updated",
  "earning_rule.created",
  "earning_rule.updated",
  "reward.created",
  "reward.updated",
  "campaign.created",
  "campaign.updated",
  "segment.created",
  "segment.updated",
  "segment.deleted",
  "api_key.created",
  "api_key.revoked",
  "webhook_endpoint.created",
  "webhook_endpoint.updated",
  "webhook_endpoint.disabled",
  "webhook_endpoint.secret_rotated",
  "webhook_endpoint.deleted",
  "connector.updated",
  "report.created",
  "report.deleted",
  "person.created",
  "person.updated",
  "person.invitation_accepted",
  "person.password_changed",
  "person.password_reset",
  "clock.set",
  "loyalty.account.created",
  "loyalty.account.updated",
  "loyalty.account.closed",
  "loyalty.account.reopened",
  "loyalty.account.merged",
  "loyalty.account.erased",
  "loyalty.points.adjusted",
  "loyalty.tier.changed",
  "loyalty.reward.redeemed",
  "redemption.completed",
  "redemption.released",
  "credit.issued",
  "credit.spent",
];

const OWN_PAGE = { rule: "rules", rwd: "rewards", camp: "campaigns", seg: "segments", we: "webhooks", loy: "members" };
const PAGE_OF_ALL = { key: "keys", prog: "program", per: "people", clock: "clock", rpt: "reports" };

/** @param {string} resource  an id @returns {string|undefined} the page about it */
export function subjectPage(resource) {
  const kind = resource.split("_")[0];
  return OWN_PAGE[kind] ? `${OWN_PAGE[kind]}/${resource}` : PAGE_OF_ALL[kind];
}
