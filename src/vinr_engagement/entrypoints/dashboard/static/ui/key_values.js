// Names and texts, as metadata has them.

import { html, useContext } from "../lib/preact.js";
import { Button } from "./button.js";
import { FieldContext } from "./form.js";

/**
 * @param {{value: Record<string, string>, onChange: (value: Record<string, string>) => void, label?: string}} props
 */
export function KeyValues({ value, onChange, label = "Metadata" }) {
  const field = useContext(FieldContext);
  const pairs = Object.entries(value ?? {});
  const set = (next) => onChange(Object.fromEntries(next));
  const change = (index, pair) => set(pairs.map((each, position) => (position === index ? pair : each)));
  const remove = (index) => set(pairs.filter((_, position) => position !== index));
  return html`
    <div class="stack gap-2" role="group" aria-label=${label} id=${field?.id} tabindex="-1">
      ${pairs.map(([name, text], index) => html`
        <div key=${index} class="key-value">
          <input class="input" aria-label=${`Name ${index + 1}`} value=${name} onChange=${(event) => change(index, [event.target.value, text])} />
          <input class="input" aria-label=${`Value ${index + 1}`} value=${text} onChange=${(event) => change(index, [name, event.target.value])} />
          <${Button} kind="quiet" icon="trash" label=${`Remove ${name || "this pair"}`} onClick=${() => remove(index)} />
        </div>
      `)}
      <div><${Button} size="small" icon="plus" disabled=${"" in (value ?? {})} onClick=${() => set([...pairs, ["", ""]])}>Add</${Button}></div>
    </div>
  `;
}
