// Everything that happened to a member's points, newest first, each row told in words.

import { html } from "../../lib/preact.js";
import { number } from "../../lib/format.js";
import { useList, useQuery } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Button, Card, Dialog, Empty, ErrorNotice, Select, Skeleton } from "../../ui/index.js";
import { useDoers } from "./doers.js";
import { LedgerRow } from "./ledger_row.js";
import { ROW_EXPANSIONS } from "./member_data.js";
import { namesOf } from "./names.js";

const TYPES = [
  ["", "Everything"],
  ["earn", "Earned"],
  ["redeem", "Redeemed"],
  ["adjust", "Adjusted"],
  ["reverse", "Reversed"],
  ["expire", "Expired"],
];

/** @param {{account: object, program: object, lots: object[]}} props */
export function Activity({ account, program, lots }) {
  const [params, set] = useQueryParams();
  const list = useList("/loyalty/transactions", { account: account.id, type: params.type, "expand[]": ROW_EXPANSIONS });
  const names = namesOf(program, list.items, lots);
  const choice = html`<${Select} name="type" aria-label="Which transactions" value=${params.type ?? ""} options=${TYPES}
    onChange=${(type) => set({ type })} />`;
  return html`<${Card} flush title="Activity" subtitle="Every row of the ledger, and why it is what it is." actions=${choice}>
    <${LedgerList} list=${list} names=${names} empty=${html`<${NothingYet} type=${params.type} />`} />
  </${Card}>`;
}

function NothingYet({ type }) {
  return html`<${Empty} title=${type ? "Nothing of this kind" : "Nothing yet"}>
    ${type ? "Show everything to see the other rows." : "Points that this member earns or spends appear here, each with its reason."}
  </${Empty}>`;
}

/** Rows of a ledger with what they need while they load, fail or go on. @param {{list: object, names: object, empty: unknown}} props */
export function LedgerList({ list, names, empty }) {
  const known = { ...names, doers: useDoers(list.items) };
  if (list.error && list.items.length === 0) return html`<div class="pad"><${ErrorNotice} error=${list.error} retry=${list.reload} /></div>`;
  if (list.loading) return html`<div class="pad"><${Skeleton} lines=${6} /></div>`;
  if (list.items.length === 0) return empty;
  return html`<ul class="ledger">
      ${list.items.map((row) => html`<${LedgerRow} key=${row.id} row=${row} names=${known} />`)}
    </ul>
    <${More} list=${list} />`;
}

/** A button for what a list has besides. @param {{list: object}} props */
export function More({ list }) {
  if (!list.hasMore) return null;
  return html`<div class="table-more">
    <${Button} size="small" busy=${list.busy} onClick=${list.more}>Show more</${Button}>
    <span class="muted">${number(list.items.length)}${list.total > list.items.length ? ` of ${number(list.total)}` : ""}</span>
  </div>`;
}

/** One row by itself: what a sentence leads to. @param {{identifier: string, program: object, lots: object[], onClose: () => void}} props */
export function RowDialog({ identifier, program, lots, onClose }) {
  const found = useQuery(`/loyalty/transactions/${identifier}`, { "expand[]": ROW_EXPANSIONS });
  return html`<${Dialog} title="Transaction" onClose=${onClose} wide>
    ${found.error && html`<${ErrorNotice} error=${found.error} retry=${found.reload} />`}
    ${found.loading && html`<${Skeleton} lines=${5} />`}
    ${found.data && html`<ul class="ledger"><${LedgerRow} row=${found.data} names=${namesOf(program, [found.data], lots)} open /></ul>`}
  </${Dialog}>`;
}
