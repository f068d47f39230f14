// Inputs of several values: texts in a line, boxes to tick, points by currency.

import { html, useContext, useLayoutEffect, useRef, useState } from "../../lib/preact.js";
import { FieldContext } from "../../ui/form.js";
import { Button, Checkbox, DecimalInput, TextInput } from "../../ui/index.js";

/** Several inputs under the name of one field: the field's mark and focus are the group's. */
function Group({ label, class: look, children }) {
  const field = useContext(FieldContext);
  return html`
    <div class=${look} role="group" aria-label=${label} id=${field?.id} tabindex="-1" aria-describedby=${field?.["aria-describedby"]}>
      <${FieldContext.Provider} value=${null}>${children}<//>
    </div>
  `;
}

/** What stands for a value while it is being written; a value that comes from elsewhere is written anew. */
function useWritten(value, write, onChange) {
  const [written, setWritten] = useState(() => write(value));
  const told = useRef(value);
  useLayoutEffect(() => {
    if (value !== told.current) setWritten(write(value));
    told.current = value;
  }, [value]);
  const tell = (next) => {
    told.current = next;
    onChange(next);
  };
  return [written, setWritten, tell];
}

/**
 * A list of texts, or numbers, in one line, with commas between.
 * @param {{value: any[]|null, onChange: (value: any[]) => void, number?: boolean, capitals?: boolean, placeholder?: string}} props
 *   number: what can be one is handed on as one; capitals: as codes of currencies have
 */
export function ListInput({ value, onChange, number = false, capitals = false, placeholder = "One, another, a third", ...own }) {
  const read = (entry) => (number ? asNumber(entry) : capitals ? entry.toUpperCase() : entry);
  const [text, setText, tell] = useWritten(value, (entries) => (entries ?? []).join(", "), onChange);
  const change = (next) => {
    setText(next);
    const entries = next.split(",").map((entry) => entry.trim());
    tell(entries.filter(Boolean).map(read));
  };
  return html`<${TextInput} ...${own} value=${text} onChange=${change} placeholder=${placeholder} />`;
}

function asNumber(text) {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * Boxes of which any number may be ticked.
 * @param {{label: string, value: string[]|null, onChange: (value: string[]) => void, options: [string, string][]}} props
 */
export function Choices({ label, value, onChange, options }) {
  const chosen = value ?? [];
  const toggle = (key, isOn) => onChange(isOn ? [...chosen, key] : chosen.filter((entry) => entry !== key));
  return html`
    <${Group} label=${label} class="program-choices">
      ${options.map(([key, name]) => html`<${Checkbox} key=${key} label=${name} value=${chosen.includes(key)} onChange=${(isOn) => toggle(key, isOn)} />`)}
      ${options.length === 0 && html`<span class="program-quiet">There are none yet.</span>`}
    <//>
  `;
}

/**
 * Points per unit of money, currency by currency.
 * @param {{value: Record<string, number|string>, onChange: (rates: Record<string, number|string>) => void}} props
 */
export function RatesInput({ value, onChange }) {
  const [rows, setRows, tell] = useWritten(value, (rates) => Object.entries(rates ?? {}), onChange);
  const put = (next) => {
    setRows(next);
    tell(Object.fromEntries(next.filter(([code]) => code)));
  };
  const change = (place, row) => put(rows.map((held, index) => (index === place ? row : held)));
  return html`
    <${Group} label="Points per unit of money" class="program-rates">
      ${rows.map((row, place) => html`<${Rate} key=${place} row=${row} onChange=${(next) => change(place, next)}
        onRemove=${() => put(rows.filter((_, index) => index !== place))} />`)}
      <div><${Button} size="small" icon="plus" onClick=${() => setRows([...rows, ["", "1"]])}>Add a currency<//></div>
    <//>
  `;
}

function Rate({ row: [code, rate], onChange, onRemove }) {
  return html`
    <div class="program-rate">
      <${TextInput} value=${code} aria-label="Currency" placeholder="EUR" maxlength="3" onChange=${(next) => onChange([next.toUpperCase(), rate])} />
      <${DecimalInput} value=${rate} aria-label=${`Points per unit of ${code || "money"}`} onChange=${(next) => onChange([code, next])} />
      <${Button} kind="quiet" size="small" icon="close" label=${`Remove ${code || "this currency"}`} onClick=${onRemove} />
    </div>
  `;
}
