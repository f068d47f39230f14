// Which events an endpoint hears of: all, whole families, or single types.

import { html } from "../../lib/preact.js";
import { Checkbox } from "../../ui/index.js";
import { FAMILIES, typesOf } from "./event_types.js";

const toggled = (values, value, on) => (on ? [...values, value] : values.filter((each) => each !== value));

/** Choosing a family takes the place of its types; choosing all, of everything. */
function changed(values, pattern, on) {
  if (pattern === "*") return on ? ["*"] : [];
  const family = pattern.endsWith(".*") ? pattern.slice(0, -2) : null;
  const rest = family ? values.filter((each) => !each.startsWith(`${family}.`)) : values;
  return toggled(
    rest.filter((each) => each !== "*"),
    pattern,
    on,
  );
}

function Family({ family, values, toggle }) {
  const whole = `${family}.*`;
  const all = values.includes(whole);
  const types = typesOf(family);
  return html`
    <fieldset class="dev-family">
      <legend><${Checkbox} name=${whole} label=${html`<code>${whole}</code>`} value=${all} onChange=${(on) => toggle(whole, on)} /></legend>
      ${
        !all &&
        types.map(
          (type) => html`
            <${Checkbox} key=${type} name=${type} label=${html`<code>${type}</code>`} value=${values.includes(type)} onChange=${(on) => toggle(type, on)} />
          `,
        )
      }
    </fieldset>
  `;
}

/** @param {{value: string[], onChange: (value: string[]) => void}} props */
export function EventPicker({ value, onChange }) {
  const toggle = (pattern, on) => onChange(changed(value, pattern, on));
  const all = value.includes("*");
  return html`
    <div class="dev-events" role="group" aria-label="Events">
      <${Checkbox} name="*" label="All events, those to come included" value=${all} onChange=${(on) => toggle("*", on)} />
      ${!all && Object.keys(FAMILIES).map((family) => html`<${Family} key=${family} family=${family} values=${value} toggle=${toggle} />`)}
    </div>
  `;
}
