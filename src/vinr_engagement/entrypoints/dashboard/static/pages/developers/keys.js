// API keys of this store.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction, useList } from "../../lib/query.js";
import { useEnvironment, useSession } from "../../lib/session.js";
import { Badge, Button, Card, Confirm, Empty, Field, ListTable, Page, Select, TextInput, Time, toast } from "../../ui/index.js";
import { FormDialog, inputsOf } from "./form_dialog.js";
import { ScopesPicker } from "./scopes.js";
import { SecretDialog } from "./secret.js";

const KINDS = [
  ["restricted", "Restricted: only what is chosen below"],
  ["secret", "Secret: everything"],
];

function NewKey({ onClose, onMade }) {
  const [draft, setDraft] = useState({ name: "", kind: "restricted", scopes: ["accounts:read"] });
  const input = inputsOf(draft, setDraft);
  const isRestricted = draft.kind === "restricted";
  const making = useAction(async () => {
    onMade(await api.post("/api-keys", { ...draft, scopes: isRestricted ? draft.scopes : [] }));
  });
  return html`
    <${FormDialog} title="Create a key" save="Create the key" action=${making} onClose=${onClose}>
      <${Field} name="name" label="Name" hint="What it is for"><${TextInput} ...${input("name")} /></${Field}>
      <${Field} name="kind" label="Kind"><${Select} ...${input("kind")} options=${KINDS} /></${Field}>
      ${isRestricted && html`<${ScopesPicker} ...${input("scopes")} />`}
    </${FormDialog}>
  `;
}

function Revoke({ apiKey, onClose, onDone }) {
  const revoke = async () => {
    await api.delete(`/api-keys/${apiKey.id}`);
    toast("The key is revoked");
    onDone();
  };
  return html`
    <${Confirm} title=${`Revoke “${apiKey.name}”`} confirm="Revoke" danger onConfirm=${revoke} onClose=${onClose}>
      <p>Requests with this key are refused from now on. This cannot be taken back.</p>
    </${Confirm}>
  `;
}

function may(apiKey) {
  if (apiKey.kind === "secret") return "Everything";
  const shown = apiKey.scopes.slice(0, 3).join(", ");
  return apiKey.scopes.length > 3 ? `${shown} and ${apiKey.scopes.length - 3} more` : shown;
}

const shownKey = (apiKey, environment) => `${apiKey.kind === "secret" ? "sk" : "rk"}_${environment}_…${apiKey.hint}`;

function statusOf(row, revoke) {
  if (row.revoked_at) return html`<${Badge}>Revoked</${Badge}>`;
  if (!revoke) return html`<${Badge} tone="green">In use</${Badge}>`;
  return html`<${Button} size="small" onClick=${() => revoke(row)} aria-label=${`Revoke ${row.name}`}>Revoke</${Button}>`;
}

const columns = (environment, revoke) => [
  { key: "name", label: "Name" },
  { key: "key", label: "Key", render: (row) => html`<code>${shownKey(row, environment)}</code>` },
  { key: "may", label: "May", priority: 2, render: may },
  { key: "created_at", label: "Created", priority: 3, render: (row) => html`<${Time} value=${row.created_at} />` },
  { key: "status", label: "Status", align: "end", render: (row) => statusOf(row, revoke) },
];

/** What is asked for, one at a time. */
function Asked({ asked, ask, reload }) {
  const close = () => ask(null);
  const made = (apiKey) => {
    ask({ made: apiKey });
    reload();
  };
  if (asked?.creating) return html`<${NewKey} onClose=${close} onMade=${made} />`;
  if (asked?.revoking) return html`<${Revoke} apiKey=${asked.revoking} onClose=${close} onDone=${reload} />`;
  if (asked?.made) return html`<${SecretDialog} title=${`The key “${asked.made.name}”`} secret=${asked.made.secret} onClose=${close} />`;
  return null;
}

export default function Keys() {
  const { can } = useSession();
  const environment = useEnvironment();
  const [asked, ask] = useState(null);
  const list = useList("/api-keys");
  const isAllowed = can("api_keys:write");
  const create = isAllowed && html`<${Button} kind="primary" icon="plus" onClick=${() => ask({ creating: true })}>Create a key</${Button}>`;
  const shown = columns(environment, isAllowed && ((row) => ask({ revoking: row })));
  const empty = html`<${Empty} icon="key" title="No keys yet">A key lets a program of yours call the API.</${Empty}>`;
  return html`
    <${Page} title="API keys" subtitle=${`For programs that call the ${environment} store`} actions=${create}>
      <${Card} flush><${ListTable} list=${list} columns=${shown} caption="API keys" empty=${empty} /></${Card}>
      <${Asked} asked=${asked} ask=${ask} reload=${list.reload} />
    </${Page}>
  `;
}
