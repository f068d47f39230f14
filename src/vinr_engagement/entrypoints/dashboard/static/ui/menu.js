// A button that opens a list of things to do.

import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../lib/preact.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";

/**
 * @typedef {{separator: string}|{label: any, onSelect: () => void, danger?: boolean, disabled?: boolean, hint?: string, checked?: boolean}} Item
 *   a separator is a line, with a word below it or none; `hint` stands below the label; `checked`: it is the one that is chosen
 */

/**
 * Arrow keys go through the items, Escape closes and gives the focus back.
 * @param {{label: any, name?: string, items: Array<Item|false|null>, icon?: string, kind?: string, align?: "start"|"end"}} props
 *   `name`: what the button is called where its label is no text
 */
export function Menu({ label, name, items, icon, kind = "secondary", size = "medium", align = "end", class: more }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef(null);
  const button = useRef(null);
  const id = useId();
  const shown = items.filter(Boolean);
  useOutside(root, isOpen, () => setOpen(false));
  useLayoutEffect(() => {
    if (isOpen) itemsOf(root)[0]?.focus();
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    button.current.focus();
  };
  const select = (item) => {
    close();
    item.onSelect();
  };
  return html`
    <div class=${classes("menu", more)} ref=${root} onKeyDown=${isOpen ? (event) => walk(event, root, close) : undefined}>
      <button
        type="button" ref=${button} class=${classes("button", kind, size)} aria-haspopup="menu" aria-label=${name}
        aria-expanded=${isOpen ? "true" : "false"} aria-controls=${isOpen ? id : undefined} onClick=${() => setOpen(!isOpen)}
        onKeyDown=${(event) => event.key === "ArrowDown" && !isOpen && (event.preventDefault(), setOpen(true))}
      >
        ${icon && html`<${Icon} name=${icon} />`}${label && html`<span>${label}</span>`}${icon !== "more" && html`<${Icon} name="chevron-down" />`}
      </button>
      ${isOpen && html`
        <div class=${classes("menu-items", align)} role="menu" id=${id}>
          ${shown.map((item, index) => html`<${MenuItem} key=${index} item=${item} onSelect=${() => select(item)} />`)}
        </div>
      `}
    </div>
  `;
}

function MenuItem({ item, onSelect }) {
  const { label, danger, disabled, hint, checked, separator } = item;
  if (separator !== undefined) return html`<div role="separator" class="separator">${separator}</div>`;
  return html`
    <button
      type="button" role=${checked === undefined ? "menuitem" : "menuitemradio"} aria-checked=${checked === undefined ? undefined : String(checked)}
      tabindex="-1" class=${classes(danger && "danger")} aria-disabled=${disabled ? "true" : undefined}
      onClick=${disabled ? undefined : onSelect}
    >
      <span>${label}${hint && html`<small>${hint}</small>`}</span>
      ${checked && html`<${Icon} name="check" />`}
    </button>
  `;
}

const itemsOf = (root) => [...root.current.querySelectorAll("[role^=menuitem]")];

function walk(event, root, close) {
  const items = itemsOf(root);
  const at = items.indexOf(document.activeElement);
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
  if (event.key in targets) {
    event.preventDefault();
    items[targets[event.key] % items.length].focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === "Tab") {
    close();
  }
}

/** Calls back when something else than an element is pressed or gets the focus. */
export function useOutside(element, isActive, callback) {
  useEffect(() => {
    if (!isActive) return undefined;
    const check = (event) => element.current && !element.current.contains(event.target) && callback();
    document.addEventListener("pointerdown", check);
    document.addEventListener("focusin", check);
    return () => {
      document.removeEventListener("pointerdown", check);
      document.removeEventListener("focusin", check);
    };
  }, [isActive]);
}
