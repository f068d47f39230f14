// Providers whose webhooks are taken in as they are: Stripe and Shopify.

import { inWords } from "../../lib/format.js";
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Card, Copy, DefinitionList, ErrorNotice, Field, Page, Skeleton, Switch } from "../../ui/index.js";
import { Table, TextInput, Time, toast } from "../../ui/index.js";
import { FormDialog, inputsOf } from "./form_dialog.js";

const REFUSED = [
  { key: "type", label: "Refused", render: (row) => html`<code>${row.type}</code><small class="dev-line">${row.message}</small>` },
  { key: "received_at", label: "Received", align: "end", render: (row) => html`<${Time} value=${row.received_at} relative />` },
];

/** What was typed as secrets, separated by spaces or commas. */
const secretsIn = (text) => text.split(/[\s,]+/).filter(Boolean);

function Settings({ connector, onClose }) {
  const [draft, setDraft] = useState({
    enabled: connector.enabled,
    signing_secrets: "",
    customer_prefix: connector.customer_prefix,
    customer_metadata: connector.customer_metadata ?? "",
  });
  const input = inputsOf(draft, setDraft);
  const saving = useAction(async () => {
    const { signing_secrets: typed, customer_metadata: key, ...more } = draft;
    const secrets = secretsIn(typed);
    const changed = secrets.length > 0 && { signing_secrets: secrets };
    await api.patch(`/connectors/${connector.id}`, { ...more, ...changed, customer_metadata: key || null });
    invalidate("/connectors");
    toast(`${inWords(connector.id)} is set up`);
    onClose();
  });
  const hint = connector.signing_secrets.length > 0 ? "Leave it empty to keep those that are there" : "The provider shows it with the endpoint";
  return html`
    <${FormDialog} title=${`Set up ${inWords(connector.id)}`} save="Save" action=${saving} onClose=${onClose}>
      <${Switch} ...${input("enabled")} label="Take its messages in" />
      <${Field} name="signing_secrets" label="Signing secrets" hint=${hint}>
        <${TextInput} ...${input("signing_secrets")} autocomplete="off" spellcheck=${false} />
      </${Field}>
      <${Field} name="customer_prefix" label="Prefix of customers" hint="Stands before the provider’s ids" optional>
        <${TextInput} ...${input("customer_prefix")} />
      </${Field}>
      <${Field} name="customer_metadata" label="Key of your own id" hint="Where the provider’s metadata has your id of the customer" optional>
        <${TextInput} ...${input("customer_metadata")} />
      </${Field}>
    </${FormDialog}>
  `;
}

function Facts({ connector }) {
  const { id, signing_secrets: secrets, last_received_at: last } = connector;
  const address = `${location.origin}/v1/connectors/${id}`;
  const items = [
    ["Address for its webhooks", html`<span class="id"><code>${address}</code><${Copy} value=${address} label="Copy the address" /></span>`],
    ["Signing secrets", secrets.length > 0 ? secrets.map((each) => `…${each}`).join(", ") : "None yet"],
    ["Last message", last ? html`<${Time} value=${last} relative />` : "Never"],
  ];
  return html`<${DefinitionList} items=${items} />`;
}

function Connector({ connector }) {
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  const { enabled, refused } = connector;
  const actions = html`
    <${Badge} tone=${enabled ? "green" : "neutral"}>${enabled ? "Enabled" : "Off"}</${Badge}>
    ${can("connectors:write") && html`<${Button} icon="edit" onClick=${() => setAsking(true)}>Set up</${Button}>`}
  `;
  return html`
    <${Card} title=${inWords(connector.id)} actions=${actions}>
      <div class="stack gap-4">
        <${Facts} connector=${connector} />
        ${refused.length > 0 && html`<${Table} caption=${`Refused messages of ${inWords(connector.id)}`} columns=${REFUSED} rows=${refused} />`}
      </div>
    </${Card}>
    ${isAsking && html`<${Settings} connector=${connector} onClose=${() => setAsking(false)} />`}
  `;
}

export default function Connectors() {
  const { data, error, reload } = useQuery("/connectors", {}, { refreshOn: ["loyalty."] });
  return html`
    <${Page} title="Connectors" subtitle="Shops whose webhooks are understood as they are">
      ${error && html`<${ErrorNotice} error=${error} retry=${reload} />`}
      ${!data && !error && html`<${Skeleton} lines=${8} />`}
      ${data?.data.map((each) => html`<${Connector} key=${each.id} connector=${each} />`)}
    </${Page}>
  `;
}
