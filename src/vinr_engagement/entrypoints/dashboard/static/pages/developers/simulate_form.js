// The form of a simulated payment or refund.

import { html } from "../../lib/preact.js";
import { Button, Field, MoneyInput, Select, TextInput } from "../../ui/index.js";
import { MemberInput } from "./member_input.js";

const TYPES = [
  ["payment.completed", "A payment completes"],
  ["refund.completed", "A refund of it completes"],
  ["payment.refunded", "A payment says how much of it was refunded"],
];
const CURRENCIES = ["EUR", "GBP", "USD", "CHF", "SEK", "PLN", "JPY"];
const NEW_ITEM = { sku: "", category: "", amount: null };

/** The program's own currency first. */
function currenciesOf(program) {
  const own = program?.default_currency ?? "EUR";
  return [own, ...CURRENCIES.filter((each) => each !== own)].map((each) => [each, each]);
}

function Item({ item, number, currency, onChange, onRemove }) {
  const input = (name, label) => ({
    id: `item-${number}-${name}`,
    "aria-label": `${label} of item ${number}`,
    value: item[name],
    onChange: (value) => onChange({ ...item, [name]: value }),
  });
  return html`
    <div class="dev-item">
      <${TextInput} ...${input("sku", "SKU")} placeholder="SKU" />
      <${TextInput} ...${input("category", "Category")} placeholder="Category" />
      <${MoneyInput} ...${input("amount", "Amount")} currency=${currency} />
      <${Button} kind="quiet" icon="close" label=${`Remove item ${number}`} onClick=${onRemove} />
    </div>
  `;
}

function Items({ items, onChange, currency }) {
  const line = (item, index) => html`
    <${Item}
      key=${index}
      item=${item}
      number=${index + 1}
      currency=${currency}
      onChange=${(next) => onChange(items.with(index, next))}
      onRemove=${() => onChange(items.toSpliced(index, 1))}
    />
  `;
  return html`
    <fieldset class="dev-items">
      <legend class="field-label">Line items <span class="optional">Optional</span></legend>
      ${items.map(line)}
      <${Button} size="small" icon="plus" onClick=${() => onChange([...items, NEW_ITEM])}>Add an item</${Button}>
    </fieldset>
  `;
}

function PaymentFields({ draft, input, program }) {
  return html`
    <${Field} name="data.object.customer" label="Member" hint="Leave it empty for a guest" optional>
      <${MemberInput} ...${input("member")} newcomers />
    </${Field}>
    <div class="dev-amount">
      <${Field} name="data.object.amount" label="Amount"><${MoneyInput} ...${input("amount")} currency=${draft.currency} /></${Field}>
      <${Field} name="data.object.currency" label="Currency"><${Select} ...${input("currency")} options=${currenciesOf(program)} /></${Field}>
    </div>
    <${Field} name="data.object.metadata.channel" label="Channel" hint="Sent as metadata.channel" optional>
      <${TextInput} ...${input("channel")} placeholder="web, app, store" />
    </${Field}>
    <${Items} ...${input("items")} items=${draft.items} currency=${draft.currency} />
  `;
}

function RefundFields({ draft, input, payments }) {
  const known = payments.map((each) => [each.id, `${each.id} · ${each.text}`]);
  const isAll = draft.type === "payment.refunded";
  const hint = known.length > 0 ? "One that you simulated here" : "The id that the payment was sent with";
  return html`
    <${Field} name=${isAll ? "data.object.id" : "data.object.payment"} label="Payment" hint=${hint}>
      ${
        known.length > 0
          ? html`<${Select} ...${input("payment")} options=${known} />`
          : html`<${TextInput} ...${input("payment")} placeholder="pay_…" />`
      }
    </${Field}>
    <${Field} name=${isAll ? "data.object.amount_refunded" : "data.object.amount"} label=${isAll ? "Refunded in all" : "Amount of this refund"}>
      <${MoneyInput} ...${input("amount")} currency=${draft.currency} />
    </${Field}>
  `;
}

/**
 * @param {{draft: import("./simulated.js").Draft, change: (name: string) => (value: any) => void, program: object,
 *   payments: Array<{id: string, text: string}>}} props
 */
export function SimulateFields({ draft, change, program, payments }) {
  const input = (name) => ({ value: draft[name], onChange: change(name) });
  return html`
    <${Field} name="type" label="What happens"><${Select} ...${input("type")} options=${TYPES} /></${Field}>
    ${
      draft.type === "payment.completed"
        ? html`<${PaymentFields} draft=${draft} input=${input} program=${program} />`
        : html`<${RefundFields} draft=${draft} input=${input} payments=${payments} />`
    }
  `;
}
