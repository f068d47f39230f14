// One member: who it is, what they have, and why; and what support may do about it.

import { html, useState } from "../../lib/preact.js";
import { useSession } from "../../lib/session.js";
import { Link, useQueryParams } from "../../lib/router.js";
import { Badge, Button, ErrorNotice, Menu, Notice, Page, Row, Skeleton, Stack, Status, Tabs } from "../../ui/index.js";
import { Activity, RowDialog } from "./activity.js";
import { Adjust } from "./adjust.js";
import { MemberCampaigns } from "./campaigns.js";
import { DetailsCard } from "./details.js";
import { Close, Erase, exportMember, Reopen } from "./ending.js";
import { Lots } from "./lots.js";
import { useMember, useMemberEvents } from "./member_data.js";
import { Merge } from "./merge.js";
import { nameOf, secondNameOf, tierNames } from "./names.js";
import { PinActions } from "./pin.js";
import { Received } from "./received.js";
import { Redeem } from "./redeem.js";
import { Redemptions } from "./redemptions.js";
import { Referrals } from "./referrals.js";
import { MemberRewards } from "./rewards.js";
import { Standing, TierCard } from "./standing.js";
import { Timeline } from "./timeline.js";
import { WalletTab } from "./wallet.js";
import { idOf } from "./words.js";

const BACK = { to: "members", label: "Members" };
const TABS = [
  { key: "activity", label: "Activity" },
  { key: "credits", label: "Credits" },
  { key: "redemptions", label: "Redemptions" },
  { key: "rewards", label: "Rewards" },
  { key: "wallet", label: "Store credit" },
  { key: "campaigns", label: "Campaigns" },
  { key: "referrals", label: "Referrals" },
  { key: "received", label: "Events received" },
  { key: "sent", label: "Events sent" },
];

/** `/members/:account`. */
export default function Member({ params }) {
  return html`<${Shown} key=${params.account} identifier=${params.account} />`;
}

function Shown({ identifier }) {
  const member = useMember(identifier);
  useMemberEvents(identifier);
  const { data: account, error, reload } = member.account;
  if (!account && error) return html`<${Page} title="Member" back=${BACK}><${ErrorNotice} error=${error} retry=${reload} /></${Page}>`;
  if (!account) return html`<${Page} title="Member" back=${BACK}><${Skeleton} lines=${8} /></${Page}>`;
  return html`<${Known} member=${member} account=${account} program=${member.program} />`;
}

function Known({ member, account, program }) {
  const [asked, setAsked] = useState(null);
  const [params, set] = useQueryParams();
  const ask = (what, more = {}) => setAsked({ what, ...more });
  return html`<${Page} title=${nameOf(account)} back=${BACK} subtitle=${html`<${Subtitle} account=${account} program=${program} />`}
    actions=${html`<${Actions} account=${account} ask=${ask} />`}>
    <${Condition} account=${account} />
    <${Standing} account=${account} program=${program} lots=${member.lots} />
    <div class="member-columns">
      <${Sections} member=${member} account=${account} program=${program} ask=${ask} />
      <${Aside} member=${member} account=${account} program=${program} />
    </div>
    ${params.row && html`<${RowDialog} key=${params.row} identifier=${params.row} program=${program}
      lots=${member.lots.items} onClose=${() => set({ row: null })} />`}
    <${Asked} asked=${asked} account=${account} program=${program} onClose=${() => setAsked(null)} />
  </${Page}>`;
}

function Subtitle({ account, program }) {
  const names = tierNames(program);
  return html`<span class="member-head">
    <span>${secondNameOf(account)}</span>
    <${Status} value=${account.status} />
    ${account.tier && html`<${Badge} tone="violet">${names[account.tier] ?? account.tier}</${Badge}>`}
  </span>`;
}

/** What is to know before all else. */
function Condition({ account }) {
  if (account.status === "merged") {
    const survivor = idOf(account.merged_into);
    return html`<${Notice} tone="amber" title="Merged into another member">
      Everything that this member had is in <${Link} to=${`members/${survivor}`}>${survivor}</${Link}>.
    </${Notice}>`;
  }
  if (account.status === "closed") {
    return html`<${Notice} tone="amber" title="Closed">The member earns and redeems nothing until the account is opened again.</${Notice}>`;
  }
  return null;
}

/** The dialogs, by what was asked for. */
const DIALOGS = { adjust: Adjust, redeem: Redeem, merge: Merge, close: Close, reopen: Reopen, erase: Erase };

function Asked({ asked, account, program, onClose }) {
  const Dialog = asked && DIALOGS[asked.what];
  return Dialog ? html`<${Dialog} ...${asked} account=${account} program=${program} onClose=${onClose} />` : null;
}

/** What the reader's role and the account's status allow. */
function Actions({ account, ask }) {
  const { can } = useSession();
  if (account.status === "merged") return html`<${Button} onClick=${() => exportMember(account)}>Export</${Button}>`;
  const items = itemsOf(account, can, ask);
  return html`<${Row}>
    ${can("transactions:write") && html`<${Button} onClick=${() => ask("adjust")}>Adjust points</${Button}>`}
    ${can("redemptions:write") && account.status === "active" && html`
      <${Button} kind="primary" onClick=${() => ask("redeem")}>Redeem</${Button}>
    `}
    <${Menu} icon="more" name="More actions" items=${items} />
  </${Row}>`;
}

function itemsOf(account, can, ask) {
  const taken = { label: "Export their data", onSelect: () => exportMember(account) };
  if (!can("accounts:write")) return [taken];
  const closed = account.status === "closed";
  const ending = closed ? { label: "Reopen", onSelect: () => ask("reopen") } : { label: "Close", onSelect: () => ask("close") };
  return [
    { label: "Merge with another member", onSelect: () => ask("merge") },
    taken,
    ending,
    { label: "Erase", danger: true, onSelect: () => ask("erase") },
  ];
}

function Sections({ member, account, program, ask }) {
  const [params, set] = useQueryParams();
  const tabs = account.status === "merged" ? TABS.filter((tab) => tab.key !== "rewards") : TABS;
  const current = tabs.some((tab) => tab.key === params.tab) ? params.tab : "activity";
  return html`<section class="member-main" aria-label="History">
    <${Tabs} tabs=${tabs} current=${current} onChange=${(tab) => set({ tab })} />
    <${Section} current=${current} member=${member} account=${account} program=${program} ask=${ask} />
  </section>`;
}

function Section({ current, member, account, program, ask }) {
  const shared = { account, program };
  if (current === "credits") return html`<${Lots} ...${shared} />`;
  if (current === "redemptions") return html`<${Redemptions} ...${shared} />`;
  if (current === "rewards") return html`<${MemberRewards} ...${shared} onRedeem=${(reward) => ask("redeem", { reward })} />`;
  if (current === "wallet") return html`<${WalletTab} ...${shared} wallet=${member.wallet} />`;
  if (current === "campaigns") return html`<${MemberCampaigns} ...${shared} />`;
  if (current === "referrals") return html`<${Referrals} ...${shared} />`;
  if (current === "received") return html`<${Received} ...${shared} />`;
  if (current === "sent") return html`<${Timeline} ...${shared} />`;
  return html`<${Activity} ...${shared} lots=${member.lots.items} />`;
}

function Aside({ member, account, program }) {
  const { can } = useSession();
  const pin = can("accounts:write") && html`<${PinActions} account=${account} program=${program} tier=${member.tier} />`;
  return html`<aside class="member-aside" aria-label="About the member">
    <${Stack}>
      ${account.status !== "merged" && html`<${TierCard} tier=${member.tier} program=${program} actions=${pin} />`}
      <${DetailsCard} account=${account} />
    </${Stack}>
  </aside>`;
}
