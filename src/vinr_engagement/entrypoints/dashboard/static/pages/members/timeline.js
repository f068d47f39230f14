// What the world was told about a member, newest first.

import { html } from "../../lib/preact.js";
import { money, points, signed } from "../../lib/format.js";
import { useList } from "../../lib/query.js";
import { Card, Empty, ListTable, Time } from "../../ui/index.js";

/** @param {{account: object}} props */
export function Timeline({ account }) {
  const list = useList("/events", { account: account.id });
  return html`<${Card} flush title="Events sent" subtitle="What webhooks and streams were told about this member.">
    <${ListTable} list=${list} columns=${COLUMNS} rowHref=${(event) => `events/${event.id}`} caption="Events about the member, newest first"
      empty=${html`<${Empty} title="Nothing yet">Every change of this member is announced, and appears here.</${Empty}>`} />
  </${Card}>`;
}

const COLUMNS = [
  { key: "type", label: "Event", priority: 1, render: (event) => html`<code>${event.type}</code>` },
  { key: "what", label: "What", priority: 2, render: (event) => summaryOf(event) },
  { key: "sequence", label: "No.", align: "end", priority: 3, render: (event) => points(event.account_sequence) },
  { key: "at", label: "When", priority: 1, render: (event) => html`<${Time} value=${event.created_at} />` },
];

/** The gist of an event, in a few words. @param {object} event */
export function summaryOf({ type, data }) {
  const object = data.object;
  if (object === null) return "erased with the member";
  if (object.object === "points_transaction") return `${signed(object.amount)}, balance ${points(object.balance_after)}`;
  if (object.object === "credit_transaction") {
    return `${money(object.amount, object.currency)}, wallet ${money(object.balance_after, object.currency)}`;
  }
  if (object.object === "lot") return `${points(object.remaining)} points`;
  if (object.object === "redemption") return `${object.reward_name}, ${object.status}`;
  if (object.object === "referral") return `${object.code}, ${object.status}`;
  if (object.object === "challenge_progress") return `${points(object.progress)} of ${points(object.target)}`;
  return type === "loyalty.tier.changed" ? `${object.from ?? "no tier"} → ${object.to}` : changedWords(data.previous);
}

/** Which fields an event says were changed. */
function changedWords(previous) {
  return previous ? Object.keys(previous).join(", ").replaceAll("_", " ") : "";
}
