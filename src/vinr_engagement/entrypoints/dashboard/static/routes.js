// Every page: its path behind /dashboard/{test|live}/, and its module, which is fetched when it is first shown.

/**
 * @typedef {object} Route
 * @property {string} path  what starts with a colon stands for anything: `members/:account`
 * @property {() => Promise<{default: Function}>} load  the module's default export is a component, which gets `{params, query}`
 */

/** @type {Route[]} */
export const routes = [
  { path: "", load: () => import("./pages/overview/overview.js") },
  { path: "members", load: () => import("./pages/members/members.js") },
  { path: "members/:account", load: () => import("./pages/members/member.js") },
  { path: "program", load: () => import("./pages/program/program.js") },
  { path: "rules", load: () => import("./pages/program/rules.js") },
  { path: "rules/:rule", load: () => import("./pages/program/rule.js") },
  { path: "tiers", load: () => import("./pages/program/tiers.js") },
  { path: "rewards", load: () => import("./pages/program/rewards.js") },
  { path: "rewards/:reward", load: () => import("./pages/program/reward.js") },
  { path: "campaigns", load: () => import("./pages/program/campaigns.js") },
  { path: "campaigns/:campaign", load: () => import("./pages/program/campaign.js") },
  { path: "segments", load: () => import("./pages/program/segments.js") },
  { path: "segments/:segment", load: () => import("./pages/program/segment.js") },
  { path: "referrals", load: () => import("./pages/program/referrals.js") },
  { path: "referrals/:referral", load: () => import("./pages/program/referral.js") },
  { path: "finance", load: () => import("./pages/finance/finance.js") },
  { path: "reports", load: () => import("./pages/finance/reports.js") },
  { path: "events", load: () => import("./pages/developers/events.js") },
  { path: "events/:event", load: () => import("./pages/developers/event.js") },
  { path: "received", load: () => import("./pages/developers/received.js") },
  { path: "received/:event", load: () => import("./pages/developers/received_event.js") },
  { path: "webhooks", load: () => import("./pages/developers/webhooks.js") },
  { path: "webhooks/:endpoint", load: () => import("./pages/developers/webhook.js") },
  { path: "connectors", load: () => import("./pages/developers/connectors.js") },
  { path: "keys", load: () => import("./pages/developers/keys.js") },
  { path: "clock", load: () => import("./pages/developers/clock.js") },
  { path: "simulate", load: () => import("./pages/developers/simulate.js") },
  { path: "audit", load: () => import("./pages/settings/audit.js") },
  { path: "people", load: () => import("./pages/settings/people.js") },
  { path: "account", load: () => import("./pages/settings/account.js") },
  { path: "_components", load: () => import("./pages/components.js") },
];
