// The fields of a reward.

import { html } from "../../lib/preact.js";
import { Card, DecimalInput, Field, MoneyInput, NumberInput, Select, Stack, Switch, TextArea, TextInput } from "../../ui/index.js";
import { Choices } from "./lists.js";
import { MetadataSection, Section, Span } from "./pieces.js";
import { valueOfType } from "./reward_draft.js";
import { list, number, segmentName, span, tierName, wholeCurrency } from "./words.js";

const TYPES = [
  ["discount_amount", "Money off one payment"],
  ["discount_percent", "A percentage off one payment"],
  ["store_credit", "Store credit"],
  ["free_product", "A product"],
  ["partner", "Something of a partner’s"],
];
const REFUNDS = [
  ["return", "The points come back"],
  ["keep", "The redemption is kept"],
];

/**
 * @param {{form: object, words: object}} props  form: what `useDraft` answers
 */
export function RewardFields({ form, words }) {
  const { draft, field } = form;
  return html`
    <${Card} title="The reward">
      <${Stack}>
        <${Field} name="name" label="Name" hint="Members see it."><${TextInput} ...${field("name")} placeholder="£5 off" /><//>
        <${Field} name="description" label="Description" optional><${TextArea} ...${field("description")} rows=${2} /><//>
        <${Value} form=${form} words=${words} />
        <${Field} name="cost" label="Cost" hint="Points for one."><${NumberInput} ...${field("cost")} after="points" /><//>
        <${Field} name="active" label="In the catalogue"><${Switch} ...${field("active")} label="Members can redeem it" /><//>
      <//>
    <//>
    <${Section} title="How many" summary=${stockTold(draft, words)} open=${draft.inventory !== null || draft.per_member_limit !== null}>
      <div class="program-pair">
        <${Field} name="inventory" label="In all" hint="Those redeemed included. No end of them unless given." optional>
          <${NumberInput} ...${field("inventory")} />
        <//>
        <${Field} name="per_member_limit" label="For each member" optional><${NumberInput} ...${field("per_member_limit")} /><//>
      </div>
    <//>
    <${Section} title="For whom" summary=${whomTold(draft.eligibility, words)} open=${Boolean(draft.eligibility)}>
      <${Eligibility} form=${form} words=${words} />
    <//>
    <${Section} title="When" summary=${span(draft.starts_at, draft.ends_at, words) || "From now on"}>
      <${Span} field=${field} from="starts_at" until="ends_at" zone=${words.zone} />
    <//>
    <${Section} title="After a full refund" summary=${draft.on_refund === "keep" ? "The redemption is kept" : "The points come back"}>
      <${Field} name="on_refund" label="When the payment is refunded in full"><${Select} ...${field("on_refund")} options=${REFUNDS} /><//>
    <//>
    <${MetadataSection} field=${field} />
  `;
}

function stockTold({ inventory, per_member_limit: limit }, words) {
  const told = [Number.isInteger(inventory) && `${number(inventory, words)} in all`, Number.isInteger(limit) && `${number(limit, words)} per member`];
  return told.filter(Boolean).join(", ") || "No limit";
}

function whomTold(eligibility, words) {
  const tiers = list((eligibility?.tiers ?? []).map((key) => tierName(key, words)), "or");
  const segment = eligibility?.segment ? `in ${segmentName(eligibility.segment, words)}` : "";
  return [tiers, segment].filter(Boolean).join(", ") || "Everybody";
}

function Value({ form, words }) {
  const { draft, field, merge } = form;
  const currency = wholeCurrency(draft.value.currency, words.currency);
  const choose = (type) => merge({ type, value: valueOfType(type, draft.value, words.currency) });
  return html`
    <${Field} name="type" label="Gives"><${Select} ...${field("type")} options=${TYPES} onChange=${choose} /><//>
    ${(draft.type === "discount_amount" || draft.type === "store_credit") && html`
      <div class="program-pair">
        <${Field} name="value.amount" label="Amount">
          <${MoneyInput} key=${currency} ...${field("value.amount")} currency=${currency} />
        <//>
        <${Field} name="value.currency" label="Currency"><${TextInput} ...${field("value.currency")} maxlength="3" /><//>
      </div>
    `}
    ${draft.type === "discount_percent" && html`
      <${Field} name="value.percent" label="Percentage"><${DecimalInput} ...${field("value.percent")} after="%" /><//>
    `}
    ${draft.type === "free_product" && html`
      <div class="program-pair">
        <${Field} name="value.product" label="Product" hint="As your shop names it.">
          <${TextInput} ...${field("value.product")} placeholder="sku_mug" />
        <//>
        <${Field} name="value.quantity" label="Pieces"><${NumberInput} ...${field("value.quantity")} /><//>
      </div>
    `}
    ${draft.type === "partner" && html`
      <div class="program-pair">
        <${Field} name="value.partner" label="Partner"><${TextInput} ...${field("value.partner")} placeholder="Cinema" /><//>
        <${Field} name="value.sku" label="What of theirs"><${TextInput} ...${field("value.sku")} placeholder="seat" /><//>
      </div>
    `}
  `;
}

function Eligibility({ form, words }) {
  const { draft, set } = form;
  const { tiers = [], segment = "" } = draft.eligibility ?? {};
  const put = (changes) => set("eligibility", { tiers, segment: segment || null, ...changes });
  const segments = [["", "No segment in particular"], ...words.segmentList.map(({ id, name }) => [id, name])];
  return html`
    <${Field} name="eligibility.tiers" label="Tiers" hint="Any tier unless you tick some.">
      <${Choices} label="Tiers" value=${tiers} onChange=${(next) => put({ tiers: next })} options=${words.tiers.map(({ key, name }) => [key, name])} />
    <//>
    <${Field} name="eligibility.segment" label="Segment">
      <${Select} value=${segment ?? ""} onChange=${(next) => put({ segment: next || null })} options=${segments} />
    <//>
  `;
}
