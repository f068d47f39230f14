// The members: found by name, email, customer or id; by status and by tier.

import { html, useEffect, useState } from "../../lib/preact.js";
import { date } from "../../lib/format.js";
import { useList } from "../../lib/query.js";
import { useProgram, useSession } from "../../lib/session.js";
import { useQueryParams } from "../../lib/router.js";
import { Badge, Button, Card, Empty, ListTable, Page, Points, Select, Status, TextInput } from "../../ui/index.js";
import { AddMember } from "./add_member.js";
import { nameOf, secondNameOf, tierNames } from "./names.js";

const PAUSE_MILLISECONDS = 200;
const STATUSES = [
  ["active", "Active"],
  ["closed", "Closed"],
  ["merged", "Merged"],
  ["all", "Any status"],
];

/** `/members`. */
export default function Members() {
  const { program } = useProgram();
  const { can } = useSession();
  const [params, set] = useQueryParams();
  const [adding, setAdding] = useState(false);
  const list = useFound(program, params);
  const add = html`<${Button} kind="primary" onClick=${() => setAdding(true)}>Add a member</${Button}>`;
  return html`<${Page} title="Members" actions=${can("accounts:write") ? add : null}>
    <${Filters} program=${program} params=${params} set=${set} />
    <${Card} flush>
      <${ListTable} list=${list} columns=${columnsOf(program)} rowHref=${(row) => `members/${row.id}`}
        caption="Members, newest first" empty=${html`<${NoneFound} params=${params} set=${set} />`} />
    </${Card}>
    ${adding && html`<${AddMember} program=${program} onClose=${() => setAdding(false)} />`}
  </${Page}>`;
}

function useFound(program, params) {
  const asked = {
    program: program?.id,
    search: params.q || undefined,
    status: params.status || "active",
    tier: params.tier || undefined,
    "expand[]": ["customer"],
  };
  return useList(program ? "/loyalty/accounts" : null, asked, { refreshOn: ["loyalty.account"] });
}

function Filters({ program, params, set }) {
  const tiers = Object.entries(tierNames(program));
  return html`<div class="members-filters">
    <${Search} value=${params.q ?? ""} onChange=${(q) => set({ q })} />
    <${Select} name="status" aria-label="Status" value=${params.status || "active"} options=${STATUSES}
      onChange=${(status) => set({ status: status === "active" ? null : status })} />
    ${tiers.length > 0 && html`<${Select} name="tier" aria-label="Tier" value=${params.tier ?? ""} options=${[["", "Any tier"], ...tiers]}
      onChange=${(tier) => set({ tier })} />`}
  </div>`;
}

/** Searches a moment after the last key. */
function Search({ value, onChange }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<${TextInput} class="members-search" name="search" type="search" aria-label="Search members" value=${text} onChange=${setText}
    placeholder="Name, email, customer or member id" data-search autocomplete="off" />`;
}

function columnsOf(program) {
  const names = tierNames(program);
  return [
    { key: "member", label: "Member", priority: 1, render: (row) => html`<${Person} account=${row} />` },
    { key: "tier", label: "Tier", priority: 2, render: (row) => row.tier && html`<${Badge}>${names[row.tier] ?? row.tier}</${Badge}>` },
    { key: "balance", label: "Balance", align: "end", priority: 1, render: (row) => html`<${Points} value=${row.balance} />` },
    { key: "lifetime", label: "Lifetime", align: "end", priority: 3, render: (row) => html`<${Points} value=${row.lifetime_points} />` },
    { key: "status", label: "Status", priority: 3, render: (row) => html`<${Status} value=${row.status} />` },
    { key: "enrolled", label: "Enrolled", priority: 3, render: (row) => date(row.enrolled_at, program?.timezone) },
  ];
}

function Person({ account }) {
  return html`<span class="member-name">${nameOf(account)}</span>
    <span class="member-second">${secondNameOf(account)}</span>`;
}

function NoneFound({ params, set }) {
  const searched = Boolean(params.q || params.tier || params.status);
  if (!searched) {
    return html`<${Empty} title="No members yet">
      Members appear here when they enrol: by the API, by their first purchase where the program enrols by itself, or by hand.
    </${Empty}>`;
  }
  const wider = html`<${Button} onClick=${() => set({ status: "all", tier: null })}>Look in every status and tier</${Button}>`;
  const widest = params.status === "all" && !params.tier;
  return html`<${Empty} title="Nobody found" action=${widest ? null : wider}>
    ${params.q ? `No member matches “${params.q}” here.` : "No member matches these filters."}
  </${Empty}>`;
}
