// Who the member is: ids to copy, when they came, and the notes that the shop keeps.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, Copy, DefinitionList, Field, Id, KeyValues, Stack, TextInput, Time, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { expandedOf, idOf } from "./words.js";

/** @param {{account: object}} props */
export function DetailsCard({ account }) {
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  const may = can("accounts:write") && account.status !== "merged";
  const edit = html`<${Button} size="small" onClick=${() => setEditing(true)}>Edit</${Button}>`;
  return html`<${Stack}>
    <${Card} title="Details" actions=${may ? edit : null}><${DefinitionList} items=${factsOf(account)} /></${Card}>
    <${Card} title="Metadata"><${Notes} metadata=${account.metadata} /></${Card}>
    ${editing && html`<${EditMember} account=${account} onClose=${() => setEditing(false)} />`}
  </${Stack}>`;
}

function factsOf(account) {
  const customer = expandedOf(account.customer);
  const identifier = idOf(account.customer);
  const facts = [
    ["Member", html`<${Id} value=${account.id} />`],
    ["Customer", identifier ? html`<${Id} value=${identifier} />` : "none: a standalone account"],
    ["Email", customer?.email ? html`<${Email} address=${customer.email} />` : null],
    ["Country", customer?.country ?? null],
    ["Birthday", customer?.birthday ?? null],
    ["Enrolled", html`<${Time} value=${account.enrolled_at} />`],
    ["Last activity", account.last_activity_at ? html`<${Time} value=${account.last_activity_at} relative />` : "none yet"],
    ["Program", expandedOf(account.program)?.name ?? idOf(account.program)],
  ];
  return facts.filter(([, value]) => value !== null);
}

/** An address, broken behind its @ where there is no room for all of it. */
function Email({ address }) {
  const at = address.indexOf("@") + 1;
  return html`${address.slice(0, at)}<wbr />${address.slice(at)} <${Copy} value=${address} label="Copy the email" />`;
}

function Notes({ metadata }) {
  const entries = Object.entries(metadata);
  return entries.length > 0 ? html`<${DefinitionList} items=${entries} />` : html`<p class="muted">None.</p>`;
}

function EditMember({ account, onClose }) {
  const [metadata, setMetadata] = useState(account.metadata);
  const [customer, setCustomer] = useState("");
  const standalone = account.customer === null;
  const action = useAction(async () => {
    const linked = standalone && customer.trim() ? { customer: customer.trim() } : {};
    await api.patch(`/loyalty/accounts/${account.id}`, { metadata: changesOf(account.metadata, metadata), ...linked });
    toast("Saved.");
    refreshMember();
    onClose();
  });
  return html`<${FormDialog} title="Edit the member" submit="Save" action=${action} onClose=${onClose}>
    ${standalone && html`<${Field} name="customer" label="Customer id" optional
      hint="Links this account, for good: their next payment earns here.">
      <${TextInput} name="customer" value=${customer} onChange=${setCustomer} placeholder="cust_…" />
    </${Field}>`}
    <${Field} name="metadata" label="Metadata" optional><${KeyValues} name="metadata" value=${metadata} onChange=${setMetadata} /></${Field}>
  </${FormDialog}>`;
}

/** What makes of one set of notes the other: keys that are gone are null. */
export function changesOf(before, after) {
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
}
