// Which events an endpoint hears of: all, whole families, or single types.

import { html } from "../../lib/preact.js";
import { Checkbox } from "../../ui/index.js";
import { FAMILIES, typesOf } from "./event_types.js";

/** Choosing a family takes the place of its types; choosing all, of everything. */
function changed(values, pattern, isOn) {
  if (pattern === "*") return isOn ? ["*"] : [];
  const family = pattern.endsWith(".*") ? pattern.slice(0, -1) : null;
  const others = values.filter((each) => each !== "*" && each !== pattern && !(family && each.startsWith(family)));
  return isOn ? [...others, pattern] : others;
}

function Family({ family, values, toggle }) {
  const whole = `${family}.*`;
  const isWhole = values.includes(whole);
  const tick = (pattern, isOn) =>
    html`<${Checkbox} key=${pattern} label=${html`<code>${pattern}</code>`} value=${isOn} onChange=${(on) => toggle(pattern, on)} />`;
  return html`
    <div class="dev-family">
      ${tick(whole, isWhole)}
      ${!isWhole && html`<div class="dev-types">${typesOf(family).map((type) => tick(type, values.includes(type)))}</div>`}
    </div>
  `;
}

/** @param {{value: string[], onChange: (value: string[]) => void}} props */
export function EventPicker({ value, onChange }) {
  const toggle = (pattern, isOn) => onChange(changed(value, pattern, isOn));
  const isAll = value.includes("*");
  return html`
    <fieldset class="dev-picker">
      <legend class="field-label">Events</legend>
      <${Checkbox} label="All events, those to come included" value=${isAll} onChange=${(on) => toggle("*", on)} />
      ${!isAll && Object.keys(FAMILIES).map((family) => html`<${Family} key=${family} ...${{ family, values: value, toggle }} />`)}
    </fieldset>
  `;
}
