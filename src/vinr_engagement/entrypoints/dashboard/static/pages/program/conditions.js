// The builder of conditions that rules, campaigns and segments share.

import { html } from "../../lib/preact.js";
import { Button, DateTimeInput, DecimalInput, Field, MoneyInput, Select, TextInput } from "../../ui/index.js";
import { fill, fitValue, groups, operators, read, valueKind } from "./facts.js";
import { Choices, ListInput } from "./lists.js";

const MOST = 50;
const KINDS = [
  ["text", "Text"],
  ["number", "Number"],
  ["flag", "Yes or no"],
  ["instant", "Time"],
];
const FIRST = { text: "", number: null, flag: true, instant: null };

/**
 * What must hold: a list of comparisons, of which all must hold, or any.
 * @param {{name: string, value: {match: string, conditions: object[]}|null, onChange: (value: object) => void, words: object,
 *   about?: "event"|"member", items?: boolean, emptyText?: string}} props  name: the path of the group, "" where `match` and
 *   `conditions` stand by themselves; items: whether single items of a purchase may be asked about
 */
export function ConditionsInput({ name, value, onChange, words, about = "event", items = true, emptyText }) {
  const group = { match: "all", conditions: [], ...(Array.isArray(value) ? { conditions: value } : value) };
  const prefix = name ? `${name}.` : "";
  const put = (conditions) => onChange({ ...group, conditions });
  const change = (place, condition) => put(group.conditions.map((entry, index) => (index === place ? condition : entry)));
  const remove = (place) => put(group.conditions.filter((_, index) => index !== place));
  const first = about === "event" ? { fact: "event.amount", op: "gte", value: null } : { fact: "spend_90d", op: "gte", value: null };
  return html`
    <div class="program-conditions">
      ${group.conditions.length > 1 && html`<${Match} name=${`${prefix}match`} value=${group.match}
        onChange=${(match) => onChange({ ...group, match })} />`}
      ${group.conditions.length === 0 && html`<p class="program-quiet">${emptyText ?? "No conditions: it always applies."}</p>`}
      ${group.conditions.map(
        (condition, place) => html`
          <${Condition} key=${place} name=${`${prefix}conditions[${place}]`} condition=${condition} words=${words} about=${about} items=${items}
            onChange=${(changed) => change(place, changed)} onRemove=${() => remove(place)} />
        `,
      )}
      <div>
        <${Button} size="small" icon="plus" disabled=${group.conditions.length >= MOST}
          onClick=${() => put([...group.conditions, first])}>Add a condition<//>
      </div>
    </div>
  `;
}

function Match({ name, value, onChange }) {
  const options = [
    ["all", "All of these must hold"],
    ["any", "Any of these is enough"],
  ];
  return html`<${Field} name=${name} label="Match"><${Select} name=${name} value=${value} onChange=${onChange} options=${options} /><//>`;
}

function Condition({ name, condition, onChange, onRemove, words, about, items }) {
  const { fact, filled } = read(condition.fact);
  const choose = (key) => onChange(withFact(condition, key));
  const compare = (op) => onChange({ ...condition, op, value: fitValue(op, condition.value) });
  const put = (value) => onChange({ ...condition, value });
  return html`
    <div class="program-condition" role="group" aria-label=${fact.label}>
      <${Field} name=${`${name}.fact`} label="What">
        <${Select} name=${`${name}.fact`} value=${fact.key} onChange=${choose} options=${factOptions(about, items, fact)} />
      <//>
      ${fact.blank && html`<${Blank} name=${`${name}.fact`} fact=${fact} filled=${filled}
        onChange=${(text) => onChange({ ...condition, fact: fill(fact.key, text) })} />`}
      <${Field} name=${`${name}.op`} label="How">
        <${Select} name=${`${name}.op`} value=${condition.op} onChange=${compare} options=${operators(fact)} />
      <//>
      ${fact.kind === "any" && condition.op !== "exists" && html`<${Kind} name=${`${name}.kind`} fact=${fact} condition=${condition} onChange=${put} />`}
      <${Value} name=${`${name}.value`} fact=${fact} condition=${condition} onChange=${put} words=${words} />
      <div class="program-condition-remove">
        <${Button} kind="quiet" size="small" icon="close" label="Remove this condition" onClick=${onRemove} />
      </div>
    </div>
  `;
}

/** Another fact: the operator stays where the fact takes it, the value where it is of the same kind. */
function withFact(condition, key) {
  const before = read(condition.fact).fact;
  const { fact } = read(key);
  const known = operators(fact).map(([op]) => op);
  const op = known.includes(condition.op) ? condition.op : known[0];
  const isAlike = before.kind === fact.kind && before.unit === fact.unit;
  const blank = fact.blank?.whole ? fact.blank.example : "";
  return { fact: fill(key, blank), op, value: fitValue(op, isAlike ? condition.value : fact.kind === "flag" ? true : null) };
}

function factOptions(about, items, current) {
  const listed = groups(about, { items }).map(({ label, facts }) => ({ label, options: facts.map((fact) => [fact.key, fact.label]) }));
  const isListed = listed.some(({ options }) => options.some(([key]) => key === current.key));
  return isListed ? listed : [[current.key, current.label], ...listed];
}

function Blank({ name, fact, filled, onChange }) {
  const { label, example, whole } = fact.blank;
  return html`
    <${Field} name=${`${name}.blank`} label=${label}>
      <${TextInput} name=${`${name}.blank`} value=${filled} inputmode=${whole ? "numeric" : undefined} placeholder=${example} onChange=${onChange} />
    <//>
  `;
}

function Kind({ name, fact, condition, onChange }) {
  const { value, op } = condition;
  const isMany = ["in", "not_in", "between"].includes(op);
  const choose = (kind) => onChange(isMany ? (op === "between" ? [FIRST[kind], FIRST[kind]] : []) : FIRST[kind] ?? (kind === "number" ? 0 : NOW()));
  return html`<${Field} name=${name} label="As"><${Select} name=${name} value=${valueKind(fact, value)} onChange=${choose} options=${KINDS} /><//>`;
}

const NOW = () => `${new Date().toISOString().slice(0, 16)}:00Z`;

function Value({ name, fact, condition, onChange, words }) {
  const { op, value } = condition;
  const kind = valueKind(fact, value);
  if (op === "exists") return html`<${Flag} name=${name} value=${value !== false} onChange=${onChange} />`;
  if (op === "between") return html`<${Range} name=${name} kind=${kind} fact=${fact} value=${value} onChange=${onChange} words=${words} />`;
  if (op === "in" || op === "not_in") return html`<${Several} name=${name} kind=${kind} fact=${fact} value=${value}
    onChange=${onChange} words=${words} />`;
  return html`
    <${Field} name=${name} label=${unitLabel(fact)}>
      <${Single} name=${name} kind=${kind} fact=${fact} value=${value} onChange=${onChange} words=${words} />
    <//>
  `;
}

function unitLabel(fact) {
  return { days: "Days", points: "Points", count: "Number", money: "Amount" }[fact.unit] ?? "Value";
}

function Flag({ name, value, onChange }) {
  const options = [
    ["true", "Yes"],
    ["false", "No"],
  ];
  return html`
    <${Field} name=${name} label="Value">
      <${Select} name=${name} value=${String(value)} onChange=${(text) => onChange(text === "true")} options=${options} />
    <//>
  `;
}

function Range({ name, kind, fact, value, onChange, words }) {
  const [low, high] = Array.isArray(value) ? value : [null, null];
  const shown = { kind, fact, words };
  return html`
    <div class="program-range">
      <${Field} name=${`${name}[0]`} label="From">
        <${Single} ...${shown} name=${`${name}[0]`} value=${low} onChange=${(next) => onChange([next, high])} />
      <//>
      <${Field} name=${`${name}[1]`} label="To">
        <${Single} ...${shown} name=${`${name}[1]`} value=${high} onChange=${(next) => onChange([low, next])} />
      <//>
    </div>
  `;
}

function Several({ name, kind, fact, value, onChange, words }) {
  const options = optionsOf(kind, words);
  const input = options
    ? html`<${Choices} label=${fact.label} value=${value} onChange=${onChange} options=${options} />`
    : html`<${ListInput} key=${fact.key} value=${value} onChange=${onChange} number=${kind === "number"} placeholder=${hintOf(fact)} />`;
  const label = fact.unit === "money" ? `Amounts in minor units of ${words.currency}` : "Values";
  return html`<${Field} name=${name} label=${label}>${input}<//>`;
}

function optionsOf(kind, words) {
  if (kind === "tier") return words.tiers.map(({ key, name }) => [key, name]);
  return kind === "segment" ? words.segmentList.map(({ id, name }) => [id, name]) : null;
}

function hintOf(fact) {
  return fact.key === "country" ? "GB, IE" : undefined;
}

function Single({ name, kind, fact, value, onChange, words }) {
  const given = { name, value, onChange };
  const options = optionsOf(kind, words);
  if (options) return html`<${Select} ...${given} value=${value ?? ""} options=${[["", "Choose…"], ...options]} />`;
  if (kind === "flag") return html`<${Select} ...${given} value=${String(value ?? true)} onChange=${(text) => onChange(text === "true")}
    options=${[["true", "Yes"], ["false", "No"]]} />`;
  if (kind === "instant") return html`<${DateTimeInput} ...${given} zone=${words.zone} />`;
  if (kind === "number" && fact.unit === "money") return html`<${MoneyInput} ...${given} currency=${words.currency} />`;
  if (kind === "number") return html`<${DecimalInput} ...${given} value=${value ?? ""} onChange=${(text) => onChange(asNumber(text))} />`;
  return html`<${TextInput} ...${given} value=${value ?? ""} placeholder=${hintOf(fact)} />`;
}

function asNumber(text) {
  if (text === null || text === "") return null;
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
