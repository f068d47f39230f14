// Inputs. Each takes `value` and calls `onChange` with the next one; in a Field they are labelled by it. Other attributes go to the
// element. What was typed and means nothing is handed on as the text that it is, so that the API can say what is wrong with it.

import { digitsOf } from "../lib/format.js";
import { html, useContext, useLayoutEffect, useRef, useState } from "../lib/preact.js";
import { instantOf, ownZone, wallTime } from "../lib/zone.js";
import { classes } from "./classes.js";
import { FieldContext } from "./form.js";

/** What a field tells its input: id, name, description, whether it is wrong. */
export function useField(own) {
  const field = useContext(FieldContext);
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...field, ...given };
}

/** @param {{value: string, onChange: (value: string) => void, type?: string, name?: string}} props */
export function TextInput({ value, onChange, type = "text", class: more, ...own }) {
  const field = useField(own);
  return html`
    <input ...${field} type=${type} class=${classes("input", more)} value=${value ?? ""} onInput=${(event) => onChange(event.target.value)} />
  `;
}

/** @param {{value: string, onChange: (value: string) => void, rows?: number}} props */
export function TextArea({ value, onChange, rows = 4, class: more, ...own }) {
  const field = useField(own);
  return html`
    <textarea ...${field} rows=${rows} class=${classes("input", more)} value=${value ?? ""} onInput=${(event) => onChange(event.target.value)}></textarea>
  `;
}

/**
 * A text that stands for a value. While it is being typed it stays as it is typed.
 * @param {{value: any, onChange: (value: any) => void, read: (text: string) => any, write: (value: any) => string}} props
 */
function Written({ value, onChange, read, write, before, after, ...own }) {
  const field = useField(own);
  const [text, setText] = useState(() => write(value));
  const told = useRef(value);
  useLayoutEffect(() => { // At once: what is typed meanwhile is not to be taken for a value from elsewhere.
    if (value !== told.current) setText(write(value));
    told.current = value;
  }, [value]);
  const type = (event) => {
    setText(event.target.value);
    told.current = read(event.target.value.trim());
    onChange(told.current);
  };
  return html`
    <div class="input-group">
      ${before && html`<span class="input-side" aria-hidden="true">${before}</span>`}
      <input ...${field} type="text" autocomplete="off" class="input figure" value=${text} onInput=${type} />
      ${after && html`<span class="input-side" aria-hidden="true">${after}</span>`}
    </div>
  `;
}

const written = (value) => (value === null || value === undefined ? "" : String(value));
const isWhole = (text) => /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text));
const withoutGroups = (text) => text.replace(/[\s'’_]/g, "");

/**
 * A whole number; null where nothing is filled in.
 * @param {{value: number|string|null, onChange: (value: number|string|null) => void, before?: any, after?: any}} props
 */
export function NumberInput(props) {
  const read = (text) => (text === "" ? null : isWhole(withoutGroups(text)) ? Number(withoutGroups(text)) : text);
  return html`<${Written} inputmode="numeric" ...${props} read=${read} write=${written} />`;
}

/**
 * An exact decimal as a text, as the API takes factors and rates: `"1.25"`; null where nothing is filled in.
 * @param {{value: string|null, onChange: (value: string|null) => void, before?: any, after?: any}} props
 */
export function DecimalInput(props) {
  const read = (text) => (text === "" ? null : withoutGroups(text).replace(/^([+-]?\d*),(\d+)$/, "$1.$2"));
  return html`<${Written} inputmode="decimal" ...${props} read=${read} write=${written} />`;
}

/**
 * An amount of money in minor units, filled in in major ones: 12.50 is 1250; null where nothing is filled in.
 * @param {{value: number|string|null, currency: string, onChange: (value: number|string|null) => void}} props
 */
export function MoneyInput({ currency, ...props }) {
  const digits = digitsOf(currency);
  const read = (text) => (text === "" ? null : (minorUnits(withoutGroups(text), digits) ?? text));
  const write = (value) => (Number.isInteger(value) ? (value / 10 ** digits).toFixed(digits) : written(value));
  return html`<${Written} inputmode="decimal" ...${props} read=${read} write=${write} before=${currency} />`;
}

/** Minor units of an amount as people write it, exactly; null for what is none. */
function minorUnits(text, digits) {
  const match = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(text);
  if (!match || !(match[2] || match[3])) return null;
  const [, sign, whole, part = ""] = match;
  if (part.length > digits) return null;
  const minor = Number(whole + part.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? (sign === "-" ? -minor : minor) : null;
}

/**
 * @param {{value: string|null, onChange: (value: string) => void,
 *   options: Array<[string, string]|{label: string, options: Array<[string, string]>}>}} props  values and labels, also in groups
 */
export function Select({ value, onChange, options, class: more, ...own }) {
  const field = useField(own);
  return html`
    <select ...${field} class=${classes("input select", more)} value=${value ?? ""} onChange=${(event) => onChange(event.target.value)}>
      ${options.map((option) => (Array.isArray(option) ? choice(option) : html`
        <optgroup key=${option.label} label=${option.label}>${option.options.map(choice)}</optgroup>
      `))}
    </select>
  `;
}

const choice = ([key, label, disabled]) => html`<option key=${key} value=${key} disabled=${disabled}>${label}</option>`;

/** @param {{value: boolean, onChange: (value: boolean) => void, label: any, hint?: any}} props */
export function Checkbox({ value, onChange, label, hint, ...own }) {
  return html`<${Tick} ...${own} value=${value} onChange=${onChange} label=${label} hint=${hint} look="checkbox" />`;
}

/** @param {{value: boolean, onChange: (value: boolean) => void, label: any, hint?: any}} props */
export function Switch({ value, onChange, label, hint, ...own }) {
  return html`<${Tick} ...${own} value=${value} onChange=${onChange} label=${label} hint=${hint} look="switch" role="switch" />`;
}

function Tick({ value, onChange, label, hint, look, ...own }) {
  const field = useField(own);
  return html`
    <label class="tick">
      <input ...${field} type="checkbox" class=${look} checked=${Boolean(value)} onChange=${(event) => onChange(event.target.checked)} />
      <span>${label}${hint && html`<small>${hint}</small>`}</span>
    </label>
  `;
}

/**
 * An instant, filled in as clocks in the zone show it.
 * @param {{value: string|null, zone?: string, onChange: (value: string|null) => void}} props  in and out as the API writes instants
 */
export function DateTimeInput({ value, zone = ownZone(), onChange, ...own }) {
  const field = useField(own);
  const change = ({ target }) => onChange(target.value ? instantOf(target.value, zone) : null);
  return html`
    <div class="input-group">
      <input ...${field} type="datetime-local" class="input" value=${value ? wallTime(value, zone).slice(0, 16) : ""} onChange=${change} />
      <span class="input-side">${zone.split("/").at(-1).replaceAll("_", " ")}</span>
    </div>
  `;
}
