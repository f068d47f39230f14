// Tabs: one of several views of the same thing.

import { number } from "../lib/format.js";
import { html, useEffect, useRef } from "../lib/preact.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/**
 * Arrow keys go from one to the next. What belongs to the current one stands below, in an element of your own.
 * @param {{tabs: Array<{key: string, label: any, count?: number}>, current: string, onChange: (key: string) => void,
 *   label?: string}} props
 */
export function Tabs({ tabs, current, onChange, label = "Views" }) {
  const list = useRef(null);
  useEffect(() => intoView(list.current), [current]);
  const move = (event) => {
    const index = tabs.findIndex(({ key }) => key === current);
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : index + (STEPS[event.key] ?? NaN);
    if (Number.isNaN(next)) return;
    event.preventDefault();
    const { key } = tabs[(next + tabs.length) % tabs.length];
    onChange(key);
    list.current.querySelector(`[data-key="${key}"]`).focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${move}>
      ${tabs.map(({ key, label: name, count }) => html`
        <button
          key=${key} type="button" role="tab" data-key=${key} aria-selected=${key === current ? "true" : "false"}
          tabindex=${key === current ? 0 : -1} onClick=${() => onChange(key)}
        >${name}${count !== undefined && html` <span class="count">${number(count)}</span>`}</button>
      `)}
    </div>
  `;
}

/** Where there is no room for all tabs, the current one is moved into view. */
function intoView(list) {
  const tab = list.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (tab && (tab.left < frame.left || tab.right > frame.right)) list.scrollLeft += tab.left - frame.left;
}
