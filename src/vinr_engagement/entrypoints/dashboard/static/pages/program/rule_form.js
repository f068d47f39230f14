// The fields of an earning rule: what it is for and what it gives first, everything else unfolds.

import { html, useMemo } from "../../lib/preact.js";
import { Button, Card, DecimalInput, Field, MoneyInput, NumberInput, Select, Stack, Switch, TextInput } from "../../ui/index.js";
import { ConditionsInput } from "./conditions.js";
import { described } from "./differences.js";
import { ListInput, RatesInput } from "./lists.js";
import { occasion } from "./occasions.js";
import { MetadataSection, Section, Span } from "./pieces.js";
import { awardOfType } from "./rule_draft.js";
import { whenOf } from "./sentence.js";
import { TriggerInput } from "./trigger_input.js";
import { places, span, wholeCurrency } from "./words.js";

const WINDOWS = [
  ["", "Choose…"],
  ["day", "a day"],
  ["week", "a week, from Monday"],
  ["month", "a month"],
  ["lifetime", "in all"],
];
const RECIPIENTS = [
  ["both", "Both sides"],
  ["referrer", "The member who brought the friend"],
  ["referee", "The friend"],
  ["member", "Whoever the event is about"],
];

/**
 * @param {{form: object, words: object}} props  form: what `useDraft` answers
 */
export function RuleFields({ form, words }) {
  const { draft, field } = form;
  const told = described({ ...draft, object: "earning_rule" }, words);
  return html`
    <${Card} title="The rule">
      <${Stack}>
        <${Field} name="name" label="Name" hint="For you and your colleagues." optional>
          <${TextInput} ...${field("name")} placeholder="A point per pound" />
        <//>
        <${Trigger} form=${form} />
        <${Award} form=${form} words=${words} />
        <${Field} name="active" label="In force">
          <${Switch} ...${field("active")} label="Give points by this rule" />
        <//>
      <//>
    <//>
    <${Section} title="Only if" summary=${told.Conditions ?? "Always"} open=${Boolean(draft.conditions?.conditions?.length)}>
      <${ConditionsInput} ...${field("conditions")} words=${words} emptyText="No conditions: every such event earns." />
    <//>
    <${Section} title="More for some" summary=${[told.Factor, told["Further factors"]].filter(Boolean).join("; ") || "The same for everybody"}>
      <${Multipliers} form=${form} words=${words} />
    <//>
    <${Section} title="Limits" summary=${limitsTold(told)} open=${Boolean(draft.cap || draft.budget)}>
      <${Limits} form=${form} />
    <//>
    <${Section} title="When" summary=${span(draft.starts_at, draft.ends_at, words) || "From now on"}>
      <p class="program-quiet">By the time of the event, so that late ones are judged rightly.</p>
      <${Span} field=${field} from="starts_at" until="ends_at" zone=${words.zone} />
    <//>
    <${MetadataSection} field=${field} hint="Keys and texts of your own." />
  `;
}

function limitsTold(told) {
  const parts = [told["Most for a member"] && `${told["Most for a member"]} for a member`, told["Most in all"] && `${told["Most in all"]} in all`];
  return parts.filter(Boolean).join("; ") || "None";
}

function Trigger({ form }) {
  const { draft, field } = form;
  return html`
    <${TriggerInput} ...${field("trigger")} />
    ${(draft.trigger ?? "").startsWith("referral.") && html`
      <${Field} name="recipient" label="Who gets the points">
        <${Select} ...${field("recipient")} value=${draft.recipient ?? "both"} options=${RECIPIENTS} />
      <//>
    `}
  `;
}

function Award({ form, words }) {
  const { draft, set, field } = form;
  const money = { currency: words.currency, minorUnits: 10 ** places(words.currency) };
  const { type } = draft.award;
  const options = [
    ["per_amount", "Points for each amount of money"],
    ["per_currency", "Points by currency"],
    ["fixed", "The same points each time"],
  ];
  return html`
    <${Field} name="award.type" label="Gives">
      <${Select} name="award.type" value=${type} options=${options} onChange=${(next) => set("award", awardOfType(draft.award, next, money))} />
    <//>
    ${type === "fixed" && html`
      <${Field} name="award.points" label="Points" hint=${`For ${occasion(draft.trigger).each.replace(/^for /, "")}.`}>
        <${NumberInput} ...${field("award.points")} />
      <//>
    `}
    ${type === "per_amount" && html`<${PerAmount} form=${form} words=${words} />`}
    ${type === "per_currency" && html`<${PerCurrency} form=${form} words=${words} />`}
  `;
}

function PerAmount({ form, words }) {
  const { draft, field, set } = form;
  const listed = draft.award.currencies;
  const currency = wholeCurrency(listed?.[0], words.currency);
  const put = (currencies) => set("award", { ...withoutCurrencies(draft.award), ...(currencies.length && { currencies }) });
  return html`
    <div class="program-pair">
      <${Field} name="award.points" label="Points"><${DecimalInput} ...${field("award.points")} /><//>
      <${Field} name="award.per" label="for each"><${MoneyInput} key=${currency} ...${field("award.per")} currency=${currency} /><//>
    </div>
    <${Field} name="award.currencies" label="Currencies" optional
      hint=${`Only ${words.currency} unless you list others. Each counts the same number of minor units.`}>
      <${ListInput} value=${listed} onChange=${put} capitals placeholder="GBP, EUR" />
    <//>
  `;
}

function withoutCurrencies(award) {
  return Object.fromEntries(Object.entries(award).filter(([name]) => name !== "currencies"));
}

function PerCurrency({ form, words }) {
  const { draft, set } = form;
  const { award } = draft;
  const rates = useMemo(() => ratesOf(award, words.currency), [award, words.currency]);
  return html`
    <${Field} name="award.rates" label="Points per unit of money" hint="Per £1, €1 or ¥1. A currency that is not listed earns nothing.">
      <${RatesInput} value=${rates} onChange=${(next) => set("award", { type: "per_currency", rates: next })} />
    <//>
  `;
}

/** Rates by currency, also of an award that has one for all of its currencies. */
function ratesOf({ rates, currencies, points }, currency) {
  return rates ?? Object.fromEntries((currencies ?? [currency]).map((code) => [code, points ?? 1]));
}

function Multipliers({ form, words }) {
  const { draft, field, set } = form;
  const entries = draft.multipliers ?? [];
  const put = (next) => set("multipliers", next);
  const fresh = { when: { match: "all", conditions: [{ fact: "tier", op: "eq", value: null }] }, factor: 2 };
  return html`
    <${Field} name="multiplier" label="Factor for everybody" hint="1 changes nothing. The factors of tiers and campaigns come on top.">
      <${DecimalInput} ...${field("multiplier")} />
    <//>
    ${entries.map(
      (entry, place) => html`
        <div class="program-entry" key=${place} role="group" aria-label=${`Factor ${place + 1}`}>
          <div class="program-entry-head">
            <strong>${place === 0 ? "A factor" : "Else a factor"}</strong>
            <${Button} kind="quiet" size="small" icon="trash" label="Remove this factor"
              onClick=${() => put(entries.filter((_, index) => index !== place))} />
          </div>
          <${Field} name=${`multipliers[${place}].factor`} label="Times"><${DecimalInput} ...${field(`multipliers[${place}].factor`)} /><//>
          <${ConditionsInput} name=${`multipliers[${place}].when`} value=${whenOf(entry.when)} words=${words} items=${false} emptyText="Say when it counts."
            onChange=${(when) => set(`multipliers[${place}].when`, when)} />
        </div>
      `,
    )}
    ${entries.length > 1 && html`<p class="program-quiet">Only the first that applies counts.</p>`}
    <div><${Button} size="small" icon="plus" disabled=${entries.length >= 20} onClick=${() => put([...entries, fresh])}>Add a factor for some<//></div>
  `;
}

function Limits({ form }) {
  const { draft, set, merge, field } = form;
  const limit = (isOn) => merge(isOn ? { cap: { points: 500 }, window: draft.window ?? "day" } : { cap: null, window: null });
  return html`
    <${Field} name="cap" label="For each member">
      <${Switch} name="cap" value=${Boolean(draft.cap)} label="At most so much per member" onChange=${limit} />
    <//>
    ${draft.cap && html`
      <div class="program-triple">
        <${Field} name="cap.points" label="Points" optional><${NumberInput} ...${field("cap.points")} /><//>
        <${Field} name="cap.times" label="Times" optional><${NumberInput} ...${field("cap.times")} /><//>
        <${Field} name="window" label="Within"><${Select} ...${field("window")} value=${draft.window ?? ""} options=${WINDOWS} /><//>
      </div>
    `}
    <${Field} name="budget" label="In all">
      <${Switch} name="budget" value=${Boolean(draft.budget)} label="At most so many points in all"
        onChange=${(isOn) => set("budget", isOn ? { points: 100000 } : null)} />
    <//>
    ${draft.budget && html`
      <${Field} name="budget.points" label="Points in all" hint="When they are given, the rule gives nothing more.">
        <${NumberInput} ...${field("budget.points")} />
      <//>
    `}
  `;
}
