// The rewards of the program before one member: which they can have now, and why not the others.

import { html } from "../../lib/preact.js";
import { points } from "../../lib/format.js";
import { useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Card, Empty, ErrorNotice, Points, Skeleton, Table } from "../../ui/index.js";
import { Link } from "../../lib/router.js";
import { giftWords } from "./gifts.js";
import { refusedWords } from "./words.js";

/** @param {{account: object, onRedeem: (reward: object) => void}} props */
export function MemberRewards({ account, onRedeem }) {
  const { can } = useSession();
  const offered = useQuery(`/loyalty/accounts/${account.id}/rewards`, {}, { refreshOn: ["loyalty.reward"] });
  if (offered.error) return html`<${ErrorNotice} error=${offered.error} retry=${offered.reload} />`;
  if (offered.loading) return html`<${Skeleton} lines=${4} />`;
  const columns = columnsOf(can("redemptions:write") ? onRedeem : null);
  return html`<${Card} flush title="Rewards" subtitle="What this member can have now, and why not.">
    <${Table} columns=${columns} rows=${offered.data.data} caption="Rewards of the program"
      empty=${html`<${Empty} title="No rewards">The program has no active reward.</${Empty}>`} />
  </${Card}>`;
}

function columnsOf(onRedeem) {
  const columns = [
    { key: "reward", label: "Reward", priority: 1, render: (row) => html`<${Offer} reward=${row} />` },
    { key: "cost", label: "Cost", align: "end", priority: 1, render: (row) => html`<${Points} value=${row.cost} />` },
    { key: "now", label: "Now", priority: 1, render: (row) => html`<${Now} reward=${row} />` },
    { key: "left", label: "In stock", align: "end", priority: 3, render: (row) => (row.remaining === null ? "no limit" : points(row.remaining)) },
  ];
  const redeem = (row) => row.available && html`<${Button} size="small" label=${`Redeem ${row.name}`} onClick=${() => onRedeem(row)}>Redeem</${Button}>`;
  return onRedeem ? [...columns, { key: "do", label: "Redeem", align: "end", priority: 1, render: redeem }] : columns;
}

function Offer({ reward }) {
  return html`<span class="member-name"><${Link} to=${`rewards/${reward.id}`}>${reward.name}</${Link}></span>
    <span class="member-second">${giftWords(reward)}${reward.campaign ? ", at a campaign's price" : ""}</span>`;
}

function Now({ reward }) {
  if (reward.available) return html`<${Badge} tone="green">Can have it</${Badge}>`;
  return html`<span class="muted">${refusedWords(reward)}</span>`;
}
