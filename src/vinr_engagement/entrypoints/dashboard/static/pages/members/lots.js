// What a member's points are made of: every credit that has something left, and when it expires.

import { html, useMemo } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { useQueryParams } from "../../lib/router.js";
import { date, relative } from "../../lib/format.js";
import { Badge, Card, Empty, ListTable, Points, Select } from "../../ui/index.js";
import { daysUntil } from "./standing.js";
import { explain, textOf } from "./explain.js";
import { expandedOf, idOf } from "./words.js";
import { RowLink } from "./pieces.js";
import { namesOf } from "./names.js";

const CHOICES = [
  ["open", "With something left"],
  ["all", "All there ever were"],
];

/** @param {{account: object, program: object}} props */
export function Lots({ account, program }) {
  const [params, set] = useQueryParams();
  const status = params.lots ?? "open";
  const asked = { status, limit: 100, "expand[]": ["transaction", "transaction.rule", "transaction.campaign"] };
  const list = useList(`/loyalty/accounts/${account.id}/lots`, asked);
  const sorted = useMemo(() => ({ ...list, items: bySpending(list.items, status) }), [list.items, list.hasMore, list.busy]);
  const names = namesOf(program, list.items.map((lot) => expandedOf(lot.transaction)).filter(Boolean));
  return html`<${Card} flush title="Credits" subtitle=${orderWords(list, status)}
    actions=${html`<${Select} name="lots" aria-label="Which credits" value=${status} options=${CHOICES} onChange=${(lots) => set({ lots })} />`}>
    <${ListTable} list=${sorted} columns=${columnsOf(account, program, names)} caption="Credits of the member"
      empty=${html`<${Empty} title="No points left">Every credit was spent, expired or taken back.</${Empty}>`} />
  </${Card}>`;
}

function orderWords({ hasMore }, status) {
  if (status === "all") return "Newest first.";
  if (hasMore) return "The newest of many. What expires first goes first: show more to see it.";
  return "Points are spent from the top: what expires first goes first.";
}

/** The order in which they are spent: soonest to expire, then oldest; pending ones are last. */
export function bySpending(lots, status) {
  if (status === "all") return lots;
  const end = (lot) => (lot.expires_at === null ? Infinity : Date.parse(lot.expires_at));
  const order = (one, other) =>
    Number(one.pending) - Number(other.pending) ||
    (end(one) === end(other) ? Date.parse(one.effective_at) - Date.parse(other.effective_at) : end(one) - end(other));
  return [...lots].sort(order);
}

function columnsOf(account, program, names) {
  return [
    { key: "credit", label: "Credit", priority: 1, render: (lot) => html`<${Credit} lot=${lot} account=${account} names=${names} />` },
    { key: "remaining", label: "Left", align: "end", priority: 1, render: (lot) => html`<${Points} value=${lot.remaining} />` },
    { key: "amount", label: "Of", align: "end", priority: 3, render: (lot) => html`<${Points} value=${lot.amount} />` },
    { key: "given", label: "Given", priority: 3, render: (lot) => html`<span class="figure">${date(lot.effective_at, program.timezone)}</span>` },
    { key: "expires", label: "Expires", priority: 1, render: (lot) => html`<${Expiry} lot=${lot} program=${program} />` },
  ];
}

function Credit({ lot, account, names }) {
  const row = expandedOf(lot.transaction);
  const told = row ? explain(row, names) : null;
  return html`<span class="member-name">
      <${RowLink} row=${idOf(lot.transaction)} account=${account.id}>${told?.title ?? "Credit"}</${RowLink}>
    </span>
    ${told && html`<span class="member-second">${textOf(told.sentence)}</span>`}`;
}

function Expiry({ lot, program }) {
  const { now } = useClock();
  if (lot.pending) return html`<span>pending until ${date(lot.available_at, program.timezone)}</span>`;
  if (lot.expires_at === null) return html`<span class="muted">never</span>`;
  const soon = lot.remaining > 0 && daysUntil(lot.expires_at, now) <= program.expiring_notice_days;
  return html`<span class="figure">${date(lot.expires_at, program.timezone)}</span>
    ${soon && html` <${Badge} tone="amber">${relative(lot.expires_at)}</${Badge}>`}`;
}
