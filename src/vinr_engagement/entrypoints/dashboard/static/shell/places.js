// What the navigation leads to.

/**
 * @typedef {{to: string, label: string, icon: string, scope?: string, testOnly?: boolean, words?: string}} Place
 *   `scope`: who lacks it does not see it; `words`: what else it is searched by
 */

/** @type {Array<{label: string|null, places: Place[]}>} */
export const GROUPS = [
  { label: null, places: [{ to: "", label: "Overview", icon: "overview", words: "home dashboard" }] },
  {
    label: "People",
    places: [
      { to: "members", label: "Members", icon: "members", scope: "accounts:read", words: "customers accounts" },
      { to: "segments", label: "Segments", icon: "segments", scope: "segments:read", words: "audiences" },
      { to: "referrals", label: "Referrals", icon: "referrals", scope: "referrals:read", words: "invite friends" },
    ],
  },
  {
    label: "Program",
    places: [
      { to: "program", label: "Program", icon: "settings", scope: "programs:read", words: "settings currency expiry" },
      { to: "rules", label: "Earning rules", icon: "rules", scope: "earning_rules:read", words: "points award" },
      { to: "tiers", label: "Tiers", icon: "tiers", scope: "programs:read", words: "levels" },
      { to: "rewards", label: "Rewards", icon: "gift", scope: "rewards:read", words: "redeem catalogue" },
      { to: "campaigns", label: "Campaigns", icon: "campaigns", scope: "campaigns:read", words: "multiplier double points" },
    ],
  },
  {
    label: "Money",
    places: [
      { to: "finance", label: "Finance", icon: "finance", scope: "programs:read", words: "liability breakage expiry" },
      { to: "reports", label: "Reports", icon: "reports", scope: "reports:read", words: "export csv parquet" },
    ],
  },
  {
    label: "Developers",
    places: [
      { to: "events", label: "Events", icon: "events", scope: "events:read", words: "log outgoing" },
      { to: "received", label: "Received events", icon: "received", scope: "received_events:read", words: "inbox ignored replay" },
      { to: "webhooks", label: "Webhooks", icon: "webhooks", scope: "webhook_endpoints:read", words: "deliveries endpoints" },
      { to: "connectors", label: "Connectors", icon: "link", scope: "connectors:read", words: "stripe shopify" },
      { to: "keys", label: "API keys", icon: "key", scope: "api_keys:read", words: "secret" },
      { to: "clock", label: "Test clock", icon: "clock", scope: "test_helpers:read", testOnly: true, words: "time travel" },
      { to: "simulate", label: "Simulate a payment", icon: "simulate", scope: "events:write", testOnly: true, words: "test event" },
    ],
  },
  {
    label: "Settings",
    places: [
      { to: "people", label: "Team", icon: "user", scope: "people:read", words: "people roles invite" },
      { to: "audit", label: "Audit log", icon: "audit", scope: "audit_log:read", words: "changes history" },
    ],
  },
];

/**
 * The groups as somebody sees them.
 * @param {(scope: string) => boolean} can
 * @param {"test"|"live"} environment
 */
export function groupsFor(can, environment) {
  const isSeen = ({ scope, testOnly }) => (!scope || can(scope)) && (!testOnly || environment === "test");
  return GROUPS.map(({ label, places }) => ({ label, places: places.filter(isSeen) })).filter(({ places }) => places.length > 0);
}
