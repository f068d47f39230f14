// Pinning a member to a tier, and taking the pin away.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction } from "../../lib/query.js";
import { Button, Confirm, DateTimeInput, Field, Row, Select, TextInput, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { tierNames } from "./names.js";

/** The two ways to change the pin. @param {{account: object, program: object, tier: object}} props */
export function PinActions({ account, program, tier }) {
  const [asked, setAsked] = useState(null);
  const close = () => setAsked(null);
  if (!tier.data || program.tier_config.tiers.length === 0) return null;
  return html`<${Row}>
    ${tier.data.pin && html`<${Button} size="small" onClick=${() => setAsked("unpin")}>Take the pin away</${Button}>`}
    <${Button} size="small" onClick=${() => setAsked("pin")}>Pin</${Button}>
    ${asked === "pin" && html`<${Pin} account=${account} program=${program} tier=${tier.data} onClose=${close} />`}
    ${asked === "unpin" && html`<${Unpin} account=${account} onClose=${close} />`}
  </${Row}>`;
}

function Pin({ account, program, tier, onClose }) {
  const names = tierNames(program);
  const { tier: held = tier.tier, until: ends = null, reason: why = null } = tier.pin ?? {};
  const [form, setForm] = useState({ tier: held, until: ends, reason: why ?? "" });
  const set = (changes) => setForm({ ...form, ...changes });
  const action = useAction(async () => {
    const body = { tier: form.tier, until: form.until, reason: form.reason.trim() || null };
    const found = await api.post(`/loyalty/accounts/${account.id}/tier`, body);
    toast(`Pinned to ${names[found.pin.tier] ?? found.pin.tier}. The member is in ${names[found.tier] ?? found.tier}.`);
    refreshMember();
    onClose();
  });
  return html`<${FormDialog} title="Pin to a tier" submit="Pin" action=${action} onClose=${onClose}>
    <p class="muted">A floor: the member is in this tier at least, and still earns a higher one.</p>
    <${Field} name="tier" label="Tier">
      <${Select} name="tier" value=${form.tier} options=${Object.entries(names)} onChange=${(key) => set({ tier: key })} />
    </${Field}>
    <${Field} name="until" label="Until" optional hint="Without an end it stays until somebody takes it away.">
      <${DateTimeInput} name="until" value=${form.until} zone=${program.timezone} onChange=${(until) => set({ until })} />
    </${Field}>
    <${Field} name="reason" label="Reason" optional>
      <${TextInput} name="reason" value=${form.reason} placeholder="press" onChange=${(reason) => set({ reason })} />
    </${Field}>
  </${FormDialog}>`;
}

function Unpin({ account, onClose }) {
  const unpin = async () => {
    await api.post(`/loyalty/accounts/${account.id}/tier`, { tier: null });
    toast("The pin is gone.");
    refreshMember();
  };
  return html`<${Confirm} title="Take the pin away" confirm="Take it away" onConfirm=${unpin} onClose=${onClose}>
    <p>The member goes to the tier that they earned.</p>
  </${Confirm}>`;
}
