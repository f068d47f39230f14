// What a list is narrowed down by, kept in the address.

import { html, useEffect, useState } from "../../lib/preact.js";
import { Select, TextInput } from "../../ui/index.js";

const WAIT = 300;

/** A text that takes effect a moment after the last key. */
function TextFilter({ value, onChange, ...own }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), WAIT);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<${TextInput} value=${typed} onChange=${setTyped} ...${own} />`;
}

/**
 * @param {{label: string, params: object, set: (changes: object) => void,
 *   fields: Array<{name: string, label: string, options?: Array<[string, string]>, placeholder?: string}>}} props
 *   what has `options` is chosen, else it is typed
 */
export function Filters({ label, params, set, fields }) {
  return html`
    <div class="dev-filters" role="group" aria-label=${label}>
      ${fields.map(({ name, label: says, ...more }) => {
        const shared = { key: name, name, "aria-label": says, value: params[name] ?? "", onChange: (value) => set({ [name]: value }) };
        return more.options ? html`<${Select} ...${shared} ...${more} />` : html`<${TextFilter} ...${shared} ...${more} />`;
      })}
    </div>
  `;
}
