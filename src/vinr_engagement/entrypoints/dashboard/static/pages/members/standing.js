// What a member has: points and what they are worth, what is pending, what expires soon, and where they stand in the tiers.

import { html } from "../../lib/preact.js";
import { date, money, points } from "../../lib/format.js";
import { useClock } from "../../lib/session.js";
import { Badge, Card, ErrorNotice, Grid, Notice, Progress, Skeleton, Stat } from "../../ui/index.js";
import { countOf, reasonWords, shortMoney } from "./words.js";
import { tierNames } from "./names.js";

const DAY = 24 * 60 * 60 * 1000;

/** @param {{account: object, program: object, lots: object}} props */
export function Standing({ account, program, lots }) {
  const worth = (amount) => money(amount * program.currency.point_value, program.default_currency);
  const debt = account.balance < 0;
  return html`<${Grid} columns=${4} class="member-stats">
    <${Stat} label=${debt ? "Balance: a debt" : "Balance"} value=${points(account.balance)}
      hint=${debt ? "Owed: what comes next pays it off first." : `Worth ${worth(account.balance)}`} />
    <${Stat} label="Pending" value=${points(account.pending_balance)} hint=${pendingHint(account, program)} />
    <${Stat} label="Lifetime" value=${points(account.lifetime_points)} hint="Earned in all; only ever grows." />
    <${ExpiringSoon} program=${program} lots=${lots} />
  </${Grid}>`;
}

function pendingHint(account, program) {
  if (account.pending_balance > 0) return "Credited, and not to be spent yet.";
  return program.hold_days > 0 ? `Purchases wait ${program.hold_days} days.` : "Nothing waits.";
}

function ExpiringSoon({ program, lots }) {
  const { now } = useClock();
  if (lots.error) return html`<${Stat} label="Expiring soon" value="–" hint="Could not be read." />`;
  if (!lots.complete) return html`<${Stat} label="Expiring soon" value="" loading />`;
  const { soon, next } = expiringOf(lots.items, now, program.expiring_notice_days);
  const first = next && `${soon > 0 ? "First" : "Next"}: ${countOf(next.remaining)} on ${date(next.expires_at, program.timezone)}`;
  return html`<${Stat} label="Expiring soon" value=${points(soon)} hint=${first ?? "Nothing that the member has expires."} />`;
}

/**
 * What expires within the days in which members are told, and what expires first of all.
 * @param {object[]} lots @param {string} now @param {number} noticeDays
 */
export function expiringOf(lots, now, noticeDays) {
  const ending = lots.filter((lot) => lot.expires_at !== null && lot.remaining > 0);
  ending.sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
  const until = Date.parse(now) + noticeDays * DAY;
  const soon = ending.filter((lot) => Date.parse(lot.expires_at) <= until).reduce((sum, lot) => sum + lot.remaining, 0);
  const [first] = ending;
  if (!first) return { soon, next: null };
  const together = ending.filter((lot) => lot.expires_at === first.expires_at);
  return { soon, next: { expires_at: first.expires_at, remaining: together.reduce((sum, lot) => sum + lot.remaining, 0) } };
}

/** @param {{tier: object, program: object, actions?: unknown}} props */
export function TierCard({ tier, program, actions }) {
  return html`<${Card} title="Tier" actions=${actions} class="tier-card">
    ${tier.error && html`<${ErrorNotice} error=${tier.error} retry=${tier.reload} />`}
    ${tier.loading && html`<${Skeleton} lines=${3} />`}
    ${tier.data && html`<${TierWords} tier=${tier.data} program=${program} />`}
  </${Card}>`;
}

function TierWords({ tier, program }) {
  if (tier.tier === null) return html`<p class="muted">The program has no tiers.</p>`;
  const names = tierNames(program);
  const value = (amount) => (tier.qualify_on === "points" ? countOf(amount) : shortMoney(amount, program.default_currency));
  return html`
    <p class="tier-now"><${Badge} tone="violet">${names[tier.tier] ?? tier.tier}</${Badge}>
      <span>${value(tier.qualifying_value)} ${spanWords(tier, program)}</span></p>
    <${ToNext} tier=${tier} names=${names} value=${value} />
    <${Keeping} tier=${tier} names=${names} value=${value} program=${program} />
    <${Pinned} tier=${tier} names=${names} program=${program} />
  `;
}

function spanWords(tier, program) {
  const what = tier.qualify_on === "points" ? "earned" : "spent";
  const { type, starts_at: starts, ends_at: ends } = tier.period;
  if (type === "lifetime") return `${what} in all`;
  if (type === "calendar") return `${what} in this period, to ${date(ends, program.timezone)}`;
  return `${what} since ${date(starts, program.timezone)}`;
}

function ToNext({ tier, names, value }) {
  if (tier.next === null) return html`<p class="muted">The highest tier there is.</p>`;
  const name = names[tier.next.tier] ?? tier.next.tier;
  return html`<${Progress} value=${Math.max(0, tier.qualifying_value)} max=${tier.next.threshold}
      label=${`${value(tier.next.remaining)} to ${name}, at ${value(tier.next.threshold)}`} />
    <p class="muted">${value(tier.next.remaining)} more for ${name}, at ${value(tier.next.threshold)}.</p>`;
}

/** What keeps the tier that was earned, and when it would be lost. */
function Keeping({ tier, names, value, program }) {
  if (tier.keeps === null) return null;
  const { tier: key, threshold, kept_until: until, would_fall_at: falls, would_fall_to: to } = tier.keeps;
  const when = (moment) => date(moment, program.timezone);
  const lines = [`${names[key] ?? key} takes ${value(threshold)}.`];
  if (until) lines.push(`It is kept until ${when(until)} whatever happens.`);
  if (falls) lines.push(`Without more, the member falls to ${names[to] ?? to} on ${when(falls)}.`);
  else if (!until) lines.push("Nothing takes it away.");
  return html`<p class="muted">${lines.join(" ")}</p>`;
}

function Pinned({ tier, names, program }) {
  if (tier.pin === null) return null;
  const until = tier.pin.until ? `until ${date(tier.pin.until, program.timezone)}` : "for good";
  const reason = tier.pin.reason ? `, ${reasonWords(tier.pin.reason)}` : "";
  const earned = tier.earned_tier === tier.tier ? "" : ` By itself the member would be in ${names[tier.earned_tier] ?? tier.earned_tier}.`;
  return html`<${Notice} tone="blue">Pinned to ${names[tier.pin.tier] ?? tier.pin.tier} at least, ${until}${reason}.${earned}</${Notice}>`;
}

/** Days until a moment, begun ones counted. @param {string} moment @param {string} now */
export function daysUntil(moment, now) {
  return Math.ceil((Date.parse(moment) - Date.parse(now)) / DAY);
}
