// A member's store credit: what they hold in each currency, when it expires, and every movement told in words.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { date, money } from "../../lib/format.js";
import { useAction, useList } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import {
  Button, Card, DateTimeInput, Empty, ErrorNotice, Field, Grid, MoneyInput, Skeleton, Stack, Stat, TextInput, toast,
} from "../../ui/index.js";
import { LedgerList } from "./activity.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { namesOf } from "./names.js";

/** @param {{account: object, program: object, wallet: object}} props */
export function WalletTab({ account, program, wallet }) {
  const { can } = useSession();
  const [asked, setAsked] = useState(null);
  const list = useList("/loyalty/credit/transactions", { account: account.id });
  const close = () => setAsked(null);
  const balances = wallet.data?.balances ?? [];
  return html`<${Stack}>
    ${wallet.error && html`<${ErrorNotice} error=${wallet.error} retry=${wallet.reload} />`}
    ${wallet.loading && html`<${Skeleton} lines=${2} />`}
    ${balances.length > 0 && html`<${Grid} columns=${3}>${balances.map((held) => html`<${Held} held=${held} program=${program} />`)}</${Grid}>`}
    <${Card} flush title="Movements" actions=${can("credit:write") ? html`<${Ways} balances=${balances} ask=${setAsked} />` : null}>
      <${LedgerList} list=${list} names=${namesOf(program, list.items)}
        empty=${html`<${Empty} title="No store credit yet">Money owed to the member appears here: by hand, or for a reward.</${Empty}>`} />
    </${Card}>
    ${asked === "issue" && html`<${Issue} account=${account} program=${program} onClose=${close} />`}
    ${asked === "spend" && html`<${Spend} account=${account} balances=${balances} onClose=${close} />`}
  </${Stack}>`;
}

function Ways({ balances, ask }) {
  const nothing = !balances.some((held) => held.balance > 0);
  return html`
    <${Button} size="small" onClick=${() => ask("spend")} disabled=${nothing}>Spend credit</${Button}>
    <${Button} size="small" onClick=${() => ask("issue")}>Issue credit</${Button}>
  `;
}

function Held({ held, program }) {
  const [first] = held.expiring;
  const hint = first ? `${money(first.amount, held.currency)} expires on ${date(first.expires_at, program.timezone)}` : "Never expires.";
  return html`<${Stat} label=${`Store credit, ${held.currency}`} value=${money(held.balance, held.currency)}
    hint=${held.balance > 0 ? hint : "Nothing left."} />`;
}

/** @param {{account: object, program: object, onClose: () => void}} props */
export function Issue({ account, program, onClose }) {
  const [form, setForm] = useState({ amount: null, currency: program.default_currency, reason: "", expires_at: null });
  const set = (changes) => setForm({ ...form, ...changes });
  const action = useAction(async () => {
    const { expires_at: expires, reason, ...rest } = form;
    const when = expires ? { expires_at: expires } : {};
    const body = { account: account.id, ...rest, ...when, reason: reason.trim() || null };
    const row = await api.post("/loyalty/credit/issue", body);
    toast(`${money(row.amount, row.currency)} issued. The wallet holds ${money(row.wallet_balance, row.currency)}.`);
    refreshMember();
    onClose();
  });
  return html`<${FormDialog} title="Issue store credit" submit="Issue credit" action=${action} onClose=${onClose}>
    <${CurrencyField} form=${form} set=${set} />
    <${AmountField} form=${form} set=${set} />
    <${Field} name="reason" label="Reason">
      <${TextInput} name="reason" value=${form.reason} placeholder="goodwill" onChange=${(reason) => set({ reason })} />
    </${Field}>
    <${Field} name="expires_at" label="Expires" optional hint="Without a time it never does.">
      <${DateTimeInput} name="expires_at" value=${form.expires_at} zone=${program.timezone}
        onChange=${(moment) => set({ expires_at: moment })} />
    </${Field}>
  </${FormDialog}>`;
}

function CurrencyField({ form, set }) {
  return html`<${Field} name="currency" label="Currency">
    <${TextInput} name="currency" value=${form.currency} maxlength="3" pattern="[A-Za-z]{3}"
      onChange=${(currency) => set({ currency: currency.toUpperCase() })} />
  </${Field}>`;
}

/** An amount in a currency whose code is complete: how it is written goes by the currency. */
function AmountField({ form, set, hint }) {
  const known = /^[A-Z]{3}$/.test(form.currency ?? "");
  return html`<${Field} name="amount" label="Amount" hint=${hint}>
    <${MoneyInput} key=${form.currency} name="amount" value=${form.amount} currency=${known ? form.currency : "EUR"}
      onChange=${(amount) => set({ amount })} />
  </${Field}>`;
}

function Spend({ account, balances, onClose }) {
  const first = balances.find((held) => held.balance > 0);
  const [form, setForm] = useState({ amount: null, currency: first?.currency, payment: "" });
  const set = (changes) => setForm({ ...form, ...changes });
  const action = useAction(async () => {
    const row = await api.post("/loyalty/credit/spend", { account: account.id, ...form, payment: form.payment.trim() });
    toast(`${money(-row.amount, row.currency)} spent. The wallet holds ${money(row.wallet_balance, row.currency)}.`);
    refreshMember();
    onClose();
  });
  const held = balances.find((each) => each.currency === form.currency);
  return html`<${FormDialog} title="Spend store credit" submit="Spend credit" action=${action} onClose=${onClose}>
    <${CurrencyField} form=${form} set=${set} />
    <${AmountField} form=${form} set=${set} hint=${`The wallet holds ${held ? money(held.balance, held.currency) : "nothing in this currency"}.`} />
    <${Field} name="payment" label="Payment" hint="What it is spent on. Refunds of it give their share back.">
      <${TextInput} name="payment" value=${form.payment} placeholder="pay_…" onChange=${(payment) => set({ payment })} />
    </${Field}>
  </${FormDialog}>`;
}
