// Giving points to a member, or taking them, by hand.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";
import { useAction } from "../../lib/query.js";
import { Checkbox, DateTimeInput, Field, NumberInput, Select, TextInput, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { countOf } from "./words.js";

const WAYS = [
  ["give", "Give points"],
  ["take", "Take points"],
];
const FRESH = { way: "give", amount: null, reason: "", expires_at: null, qualifying: true, allow_negative: false };

/** @param {{account: object, program: object, onClose: () => void}} props */
export function Adjust({ account, program, onClose }) {
  const [form, setForm] = useState(FRESH);
  const set = (changes) => setForm({ ...form, ...changes });
  const action = useAction(async () => {
    const row = await api.post("/loyalty/transactions", bodyOf(account, form)).catch(atTheAmount);
    toast(`${countOf(Math.abs(row.amount))} ${row.amount > 0 ? "given" : "taken"}. The balance is ${points(row.balance_after)}.`);
    refreshMember();
    onClose();
  });
  const giving = form.way === "give";
  return html`<${FormDialog} title="Adjust points" submit=${giving ? "Give points" : "Take points"} action=${action} onClose=${onClose}>
    <${Field} name="way" label="What to do">
      <${Select} name="way" value=${form.way} options=${WAYS} onChange=${(way) => set({ way })} />
    </${Field}>
    <${Field} name="amount" label="Points" hint=${balanceAfter(account, form)}>
      <${NumberInput} name="amount" value=${form.amount} onChange=${(amount) => set({ amount })} />
    </${Field}>
    <${Field} name="reason" label="Reason" hint="Stands on the transaction, and in the member's export.">
      <${TextInput} name="reason" value=${form.reason} placeholder="goodwill_credit" onChange=${(reason) => set({ reason })} />
    </${Field}>
    <${giving ? Giving : Taking} account=${account} form=${form} set=${set} program=${program} />
  </${FormDialog}>`;
}

function bodyOf(account, form) {
  const shared = { account: account.id, reason: form.reason.trim() || null };
  if (form.way === "take") return { ...shared, amount: negated(form.amount), allow_negative: form.allow_negative };
  const expiry = form.expires_at ? { expires_at: form.expires_at } : {};
  return { ...shared, amount: form.amount ?? 0, qualifying: form.qualifying, ...expiry };
}

/** Too few points is said of the account: here it is the amount that is wrong. */
function atTheAmount(error) {
  if (error.code === "insufficient_points") error.param = "amount";
  throw error;
}

/** What is no number goes to the API as it is, which says so. */
function negated(amount) {
  return typeof amount === "number" ? -amount : (amount ?? 0);
}

function balanceAfter(account, { way, amount }) {
  if (typeof amount !== "number" || amount <= 0) return `The balance is ${points(account.balance)}.`;
  return `The balance goes from ${points(account.balance)} to ${points(account.balance + (way === "give" ? amount : -amount))}.`;
}

function Giving({ form, set, program }) {
  return html`
    <${Field} name="expires_at" label="Expires" optional hint="Unless you say when, they expire as the program's points do.">
      <${DateTimeInput} name="expires_at" value=${form.expires_at} zone=${program.timezone}
        onChange=${(moment) => set({ expires_at: moment })} />
    </${Field}>
    <${Checkbox} name="qualifying" label="Counts towards lifetime points and tiers" value=${form.qualifying}
      onChange=${(qualifying) => set({ qualifying })} />
  `;
}

function Taking({ account, form, set }) {
  const beyond = (form.amount ?? 0) > Math.max(0, account.balance);
  return html`<${Checkbox} name="allow_negative" value=${form.allow_negative} onChange=${(allow) => set({ allow_negative: allow })}
    label="May take more than there is" hint=${beyond ? "It does: the rest becomes a debt." : "What is not there becomes a debt."} />`;
}
