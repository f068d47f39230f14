// API keys of this store.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction, useList } from "../../lib/query.js";
import { useEnvironment, useSession } from "../../lib/session.js";
import { Badge, Button, Confirm, Dialog, Empty, Field, Form, ListTable, Page, Select, TextInput, Time, toast } from "../../ui/index.js";
import { ScopesPicker } from "./scopes.js";
import { SecretDialog } from "./secret.js";

const KINDS = [
  ["restricted", "Restricted: only what is chosen below"],
  ["secret", "Secret: everything"],
];

function NewKey({ onClose, onMade }) {
  const [draft, setDraft] = useState({ name: "", kind: "restricted", scopes: ["accounts:read"] });
  const change = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  const making = useAction(async () => {
    onMade(await api.post("/api-keys", { ...draft, scopes: draft.kind === "restricted" ? draft.scopes : [] }));
  });
  return html`
    <${Dialog} title="Create a key" onClose=${onClose}>
      <${Form} onSubmit=${making.run} error=${making.error} busy=${making.busy}>
        <${Field} name="name" label="Name" hint="What it is for"><${TextInput} name="name" value=${draft.name} onChange=${change("name")} /><//>
        <${Field} name="kind" label="Kind"><${Select} name="kind" value=${draft.kind} options=${KINDS} onChange=${change("kind")} /><//>
        ${
          draft.kind === "restricted" &&
          html`<${Field} name="scopes" label="Scopes" hint="To write includes to read"><${ScopesPicker} value=${draft.scopes} onChange=${change("scopes")} /><//>`
        }
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${making.busy}>Create the key<//>
        </div>
      <//>
    <//>
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
    <//>
  `;
}

function may(apiKey) {
  if (apiKey.kind === "secret") return "Everything";
  return apiKey.scopes.length > 3 ? `${apiKey.scopes.slice(0, 3).join(", ")} and ${apiKey.scopes.length - 3} more` : apiKey.scopes.join(", ");
}

const prefix = (apiKey, environment) => `${apiKey.kind === "secret" ? "sk" : "rk"}_${environment}_…${apiKey.hint}`;

function columns(environment, revoke) {
  return [
    { key: "name", label: "Name", render: (row) => row.name },
    { key: "key", label: "Key", render: (row) => html`<code>${prefix(row, environment)}</code>` },
    { key: "may", label: "May", priority: 2, render: may },
    { key: "created_at", label: "Created", priority: 3, render: (row) => html`<${Time} value=${row.created_at} />` },
    {
      key: "action",
      label: "Status",
      align: "end",
      render: (row) => {
        if (row.revoked_at) return html`<${Badge}>Revoked<//>`;
        return revoke ? html`<${Button} size="small" kind="danger" onClick=${() => revoke(row)}>Revoke<//>` : html`<${Badge} tone="green">Good<//>`;
      },
    },
  ];
}

export default function Keys() {
  const { can } = useSession();
  const environment = useEnvironment();
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState(null);
  const [revoking, setRevoking] = useState(null);
  const list = useList("/api-keys");
  const isAllowed = can("api_keys:write");
  const create = isAllowed && html`<${Button} kind="primary" icon="plus" onClick=${() => setCreating(true)}>Create a key<//>`;
  const done = (answer) => {
    setMade(answer ?? null);
    setCreating(false);
    setRevoking(null);
    list.reload();
  };
  return html`
    <${Page} title="API keys" subtitle=${`For programs that call the ${environment} store`} actions=${create}>
      <${ListTable} list=${list} columns=${columns(environment, isAllowed && setRevoking)} caption="API keys" empty=${html`<${Empty} title="No keys yet" action=${create}>A key lets a program of yours call the API.<//>`} />
      ${creating && html`<${NewKey} onClose=${() => setCreating(false)} onMade=${done} />`}
      ${revoking && html`<${Revoke} apiKey=${revoking} onClose=${() => setRevoking(null)} onDone=${() => done()} />`}
      ${made && html`<${SecretDialog} title=${`The key “${made.name}”`} secret=${made.secret} onClose=${() => setMade(null)} />`}
    <//>
  `;
}
