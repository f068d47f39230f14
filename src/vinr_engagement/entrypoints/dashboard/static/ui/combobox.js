// A text field that finds things while one types.

import { html, useEffect, useId, useRef, useState } from "../lib/preact.js";
import { classes } from "./classes.js";
import { useField } from "./inputs.js";

const WAIT = 150;

/**
 * @typedef {{value: string, label: any, hint?: any}} Option
 */

/**
 * What a search finds for a text, a moment after the last key, and never an older answer after a newer one.
 * @param {string|null} text  null searches nothing
 * @param {(text: string) => Promise<Option[]>} search
 * @returns {{options: Option[], busy: boolean, failed: boolean}}
 */
export function useFound(text, search) {
  const [found, set] = useState({ options: [], busy: false, failed: false });
  useEffect(() => {
    if (text === null) return set({ options: [], busy: false, failed: false });
    let isWanted = true;
    set((before) => ({ ...before, busy: true }));
    const timer = setTimeout(async () => {
      const next = await search(text).then((options) => ({ options, failed: false }), () => ({ options: [], failed: true }));
      if (isWanted) set({ ...next, busy: false });
    }, WAIT);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  return found;
}

/**
 * Chooses one of what a search finds: arrow keys, Enter, Escape.
 * @param {{value: string|null, onChange: (value: string|null, option?: Option) => void, search: (text: string) => Promise<Option[]>,
 *   placeholder?: string, label?: string}} props  `label`: how the value is shown that is chosen already, where it is not the value
 */
export function Combobox({ value, onChange, search, placeholder, label, ...own }) {
  const field = useField(own);
  const list = useId();
  const [text, setText] = useState(null);
  const [at, setAt] = useState(0);
  const chosen = useRef({});
  const { options, busy, failed } = useFound(text, search);
  useEffect(() => setAt(0), [options]);
  const isOpen = text !== null;
  const shown = isOpen ? text : chosen.current.value === value ? textOf(chosen.current) : (label ?? value ?? "");
  const choose = (option) => {
    chosen.current = option;
    setText(null);
    onChange(option.value, option);
  };
  const leave = () => {
    if (text === "") onChange(null);
    setText(null);
  };
  const onKeyDown = (event) => keys(event, { isOpen, options, at, setAt, choose, leave, open: () => setText("") });
  return html`
    <div class="combobox">
      <input
        ...${field} class="input" type="text" role="combobox" autocomplete="off" spellcheck=${false} placeholder=${placeholder}
        aria-autocomplete="list" aria-expanded=${isOpen ? "true" : "false"} aria-controls=${isOpen ? list : undefined}
        aria-activedescendant=${isOpen && options[at] ? `${list}-${at}` : undefined} value=${shown}
        onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown} onBlur=${leave}
      />
      ${isOpen && html`<${Options} ...${{ list, options, at, busy, failed, choose, text }} />`}
    </div>
  `;
}

/** What was found, below a field that names it as its list. */
export function Options({ list, options, at, busy, failed, choose, text, empty = "Nothing found" }) {
  return html`
    <ul class="options" role="listbox" id=${list} aria-label="Found">
      ${options.map((option, index) => html`
        <li
          key=${option.value} id=${`${list}-${index}`} role="option" aria-selected=${index === at ? "true" : "false"}
          class=${classes(index === at && "at")} onPointerDown=${(event) => (event.preventDefault(), choose(option))}
        ><span>${option.label}</span>${option.hint && html`<small>${option.hint}</small>`}</li>
      `)}
      ${options.length === 0 && html`
        <li class="none" role="option" aria-disabled="true" aria-selected="false">
          ${failed ? "The search failed" : busy || !text ? "Type to search" : empty}
        </li>
      `}
    </ul>
  `;
}

/** What keys do in a field with a list below it. */
export function keys(event, { isOpen, options, at, setAt, choose, leave, open }) {
  if (!isOpen) {
    if (event.key === "ArrowDown") open();
    return;
  }
  if (event.key === "ArrowDown") setAt(Math.min(at + 1, options.length - 1));
  else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
  else if (event.key === "Enter" && options[at]) choose(options[at]);
  else if (event.key === "Escape") leave();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

const textOf = ({ label, value }) => (typeof label === "string" ? label : value);
