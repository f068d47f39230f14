// Enrolling a customer by hand.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction } from "../../lib/query.js";
import { Link, navigate } from "../../lib/router.js";
import { Field, KeyValues, Notice, TextInput, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";

/** @param {{program: object, onClose: () => void}} props */
export function AddMember({ program, onClose }) {
  const [customer, setCustomer] = useState("");
  const [metadata, setMetadata] = useState({});
  const action = useAction(async () => {
    const made = await api.post("/loyalty/accounts", bodyOf(program, customer, metadata));
    toast(`${made.customer ?? made.id} is a member now.`);
    refreshMember();
    navigate(`members/${made.id}`);
  });
  return html`<${FormDialog} title="Add a member" submit="Add the member" action=${action} onClose=${onClose}>
    <${AlreadyThere} error=${action.error} />
    <${Field} name="customer" label="Customer id" optional
      hint="Your id for the buyer, so that their next payment earns. Without one the account stands alone, and can be linked later.">
      <${TextInput} name="customer" value=${customer} onChange=${setCustomer} placeholder="cust_…" autocomplete="off" />
    </${Field}>
    <${Field} name="metadata" label="Metadata" optional hint="Your own notes.">
      <${KeyValues} name="metadata" value=${metadata} onChange=${setMetadata} />
    </${Field}>
  </${FormDialog}>`;
}

function bodyOf(program, customer, metadata) {
  const named = customer.trim();
  return { program: program.id, metadata, ...(named ? { customer: named } : {}) };
}

/** A customer has one active account in a program: where there is one, the way to it. */
function AlreadyThere({ error }) {
  if (error?.code !== "account_already_exists" || !error.resource) return null;
  return html`<${Notice} tone="blue" title="This customer is a member already">
    <${Link} to=${`members/${error.resource}`}>Open their account</${Link}>
  </${Notice}>`;
}
