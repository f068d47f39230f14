// The form of a simulated payment or refund.

import { html } from "../../lib/preact.js";
import { Button, Field, MoneyInput, Select, TextInput } from "../../ui/index.js";
import { MemberInput } from "./member_input.js";

export const TYPES = [
  ["payment.completed", "A payment completes"],
  ["refund.completed", "A refund of it completes"],
  ["payment.refunded", "A payment says how much of it was refunded"],
];
const CURRENCIES = ["EUR", "GBP", "USD", "CHF", "SEK", "PLN", "JPY"];
const NEW_ITEM = { sku: "", category: "", amount: null };

/** The program's own currency first. */
export function currenciesOf(program) {
  const own = program?.default_currency ?? "EUR";
  return [own, ...CURRENCIES.filter((each) => each !== own)].map((each) => [each, each]);
}

function Item({ item, index, currency, onChange, onRemove }) {
  const change = (name) => (value) => onChange({ ...item, [name]: value });
  const label = (what) => `${what} of item ${index + 1}`;
  return html`
    <div class="dev-item">
      <${TextInput} name=${`sku${index}`} aria-label=${label("SKU")} placeholder="SKU" value=${item.sku} onChange=${change("sku")} />
      <${TextInput} name=${`category${index}`} aria-label=${label("Category")} placeholder="Category" value=${item.category} onChange=${change("category")} />
      <${MoneyInput} name=${`amount${index}`} aria-label=${label("Amount")} value=${item.amount} currency=${currency} onChange=${change("amount")} />
      <${Button} kind="quiet" size="small" icon="x" aria-label=${`Remove item ${index + 1}`} onClick=${onRemove}><//>
    </div>
  `;
}

function Items({ draft, change }) {
  const set = (items) => change("items")(items);
  return html`
    <${Field} name="line_items" label="Line items" hint="For rules on what was bought" optional>
      <div class="dev-items">
        ${draft.items.map(
          (item, index) => html`
            <${Item}
              key=${index}
              item=${item}
              index=${index}
              currency=${draft.currency}
              onChange=${(next) => set(draft.items.with(index, next))}
              onRemove=${() => set(draft.items.toSpliced(index, 1))}
            />
          `,
        )}
        <${Button} size="small" icon="plus" onClick=${() => set([...draft.items, NEW_ITEM])}>Add an item<//>
      </div>
    <//>
  `;
}

function PaymentFields({ draft, change, program }) {
  return html`
    <${Field} name="customer" label="Member" hint="Leave it empty for a guest" optional>
      <${MemberInput} name="customer" value=${draft.member} onChange=${change("member")} newcomers />
    <//>
    <div class="dev-amount">
      <${Field} name="amount" label="Amount"><${MoneyInput} name="amount" value=${draft.amount} currency=${draft.currency} onChange=${change("amount")} /><//>
      <${Field} name="currency" label="Currency">
        <${Select} name="currency" value=${draft.currency} options=${currenciesOf(program)} onChange=${change("currency")} />
      <//>
    </div>
    <${Field} name="channel" label="Channel" hint="Sent as metadata.channel" optional>
      <${TextInput} name="channel" value=${draft.channel} onChange=${change("channel")} placeholder="web, app, store" />
    <//>
    <${Items} draft=${draft} change=${change} />
  `;
}

function RefundFields({ draft, change, payments }) {
  const known = payments.map((each) => [each.id, `${each.id} · ${each.text}`]);
  const all = draft.type === "payment.refunded";
  return html`
    <${Field} name="payment" label="Payment" hint=${known.length ? "One that you simulated here" : "The id that the payment was sent with"}>
      ${
        known.length > 0
          ? html`<${Select} name="payment" value=${draft.payment} options=${known} onChange=${change("payment")} />`
          : html`<${TextInput} name="payment" value=${draft.payment} onChange=${change("payment")} placeholder="pay_…" />`
      }
    <//>
    <${Field} name="amount" label=${all ? "Refunded in all" : "Amount of this refund"}>
      <${MoneyInput} name="amount" value=${draft.amount} currency=${draft.currency} onChange=${change("amount")} />
    <//>
  `;
}

/** @param {{draft: import("./simulated.js").Draft, change: (name: string) => (value: unknown) => void, program: object, payments: object[]}} props */
export function SimulateFields({ draft, change, program, payments }) {
  return html`
    <${Field} name="type" label="What happens"><${Select} name="type" value=${draft.type} options=${TYPES} onChange=${change("type")} /><//>
    ${
      draft.type === "payment.completed"
        ? html`<${PaymentFields} draft=${draft} change=${change} program=${program} />`
        : html`<${RefundFields} draft=${draft} change=${change} payments=${payments} />`
    }
  `;
}
