// Whom a member brought, and by whom they came.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { Card, Empty, ListTable, Stack, Status, Time } from "../../ui/index.js";
import { countOf, idOf, referralEndWords, sentence } from "./words.js";
import { nameOf } from "./names.js";

const BOTH = ["referrer.customer", "referee.customer"];

/** @param {{account: object}} props */
export function Referrals({ account }) {
  const brought = useList("/loyalty/referrals", { referrer: account.id, "expand[]": BOTH });
  const came = useList("/loyalty/referrals", { referee: account.id, "expand[]": BOTH });
  return html`<${Stack}>
    <${Card} flush title="Brought by this member">
      <${ListTable} list=${brought} columns=${columnsOf("referee")} rowHref=${pathOf} caption="Referrals by this member, newest first"
        empty=${html`<${Empty} title="No code shared yet">Codes that are made for this member appear here, and who used them.</${Empty}>`} />
    </${Card}>
    <${Card} flush title="How this member came">
      <${ListTable} list=${came} columns=${columnsOf("referrer")} rowHref=${pathOf} caption="The referral by which this member came"
        empty=${html`<${Empty} title="By themselves">No referral code was used for this member.</${Empty}>`} />
    </${Card}>
  </${Stack}>`;
}

const pathOf = (row) => `referrals/${row.id}`;

function columnsOf(side) {
  return [
    { key: "code", label: "Code", priority: 1, render: (row) => html`<code>${row.code}</code>` },
    { key: "who", label: side === "referee" ? "Whom" : "By whom", priority: 1, render: (row) => html`<${Side} member=${row[side]} />` },
    { key: "status", label: "Status", priority: 1, render: (row) => html`<${Where} referral=${row} />` },
    { key: "reward", label: "This member gets", align: "end", priority: 3, render: (row) => payout(row, side) },
    { key: "created", label: "Since", priority: 3, render: (row) => html`<${Time} value=${row.attributed_at ?? row.created_at} />` },
  ];
}

/** What the member of the page gets: the other side of the one that the column names. */
function payout(row, side) {
  const reward = row.reward[side === "referee" ? "referrer" : "referee"];
  return reward ? countOf(reward.points) : "by the rules";
}

function Side({ member }) {
  if (member === null) return html`<span class="muted">nobody yet</span>`;
  const name = typeof member === "string" ? member : nameOf(member);
  return html`<${Link} to=${`members/${idOf(member)}`}>${name}</${Link}>`;
}

function Where({ referral }) {
  const why = referralEndWords(referral.reason);
  const open = referral.status === "attributed" && referral.expires_at;
  return html`<${Status} value=${referral.status} />
    ${why && html`<span class="member-second">${sentence(why)}</span>`}
    ${open && html`<span class="member-second">to pay until <${Time} value=${referral.expires_at} /></span>`}
    ${referral.payment && html`<span class="member-second">${referral.payment}</span>`}`;
}
