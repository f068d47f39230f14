// Referrals: codes, who used them, what came of it.

import { points } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Combobox, Empty, Field, ListTable, Page, Status, Tabs, TextInput, Time } from "../../ui/index.js";
import { findMembers, memberLabel } from "./members_found.js";
import { NewReferral } from "./referral_new.js";

const STATUSES = ["", "pending", "attributed", "converted", "expired", "rejected", "reversed"];
const TABS = STATUSES.map((key) => ({ key, label: key ? key[0].toUpperCase() + key.slice(1) : "All" }));

/** The page `referrals`. */
export default function Referrals() {
  const { program } = useProgram();
  const { can } = useSession();
  const [isMaking, make] = useState(false);
  const [{ status = "", code = "", referrer = "" }, setQuery] = useQueryParams();
  const asked = { program: program?.id, status, code, referrer, "expand[]": ["referrer.customer", "referee.customer"] };
  const list = useList(program ? "/loyalty/referrals" : null, asked, { refreshOn: ["referral"] });
  const button = can("referrals:write") && html`<${Button} kind="primary" icon="plus" onClick=${() => make(true)}>New code<//>`;
  return html`
    <${Page} title="Referrals" subtitle="Members who bring members. Both sides get points with the first payment that qualifies." actions=${button}>
      <${Tabs} tabs=${TABS} current=${status} onChange=${(key) => setQuery({ status: key })} />
      <div class="program-filters">
        <${Field} name="code" label="Code">
          <${TextInput} value=${code} onChange=${(text) => setQuery({ code: text.trim() })} placeholder="7KPM2WTX" />
        <//>
        <${Field} name="referrer" label="Brought by">
          <${Combobox} value=${referrer} onChange=${(account) => setQuery({ referrer: account })} search=${findMembers(program?.id)}
            placeholder="Any member" />
        <//>
      </div>
      <${Card} flush>
        <${ListTable} list=${list} caption="Referrals" columns=${COLUMNS} rowHref=${(referral) => `referrals/${referral.id}`}
          empty=${html`<${Empty} icon="referrals" title=${status || code || referrer ? "No such referrals" : "No referrals yet"}
            action=${button}>Make a code for a member to share.<//>`} />
      <//>
      ${isMaking && program && html`<${NewReferral} program=${program} onClose=${() => make(false)} />`}
    <//>
  `;
}

const COLUMNS = [
  { key: "code", label: "Code", render: (referral) => html`<code>${referral.code}</code>` },
  { key: "referrer", label: "Brought by", render: (referral) => sideLabel(referral.referrer) },
  { key: "referee", label: "Friend", priority: 2, render: (referral) => sideLabel(referral.referee) },
  { key: "status", label: "Status", render: (referral) => html`<${Status} value=${referral.status} />` },
  { key: "reward", label: "Points", align: "end", priority: 3, render: ({ reward }) => [reward.referrer, reward.referee].map(promised).join(" + ") },
  { key: "created_at", label: "Made", priority: 3, render: (referral) => html`<${Time} value=${referral.created_at} relative />` },
];

const promised = (side) => points(side?.points ?? 0);

/** What a side of a referral is called; nobody yet is a dash. */
export function sideLabel(account) {
  if (!account) return "–";
  return typeof account === "string" ? account : memberLabel(account);
}
