// Forms: the API checks what was filled in, and its message stands at the field that it names.

import { useRedraw } from "../lib/observable.js";
import { createContext, html, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef } from "../lib/preact.js";
import { ErrorNotice } from "./states.js";

const FormContext = createContext(null);
export const FieldContext = createContext(null);

/**
 * @param {{onSubmit: () => void, error?: Error|null, busy?: boolean, children?: any, id?: string}} props
 *   `error`: why the last attempt failed. Where its `param` is the name of a field, or of what is in one, the message stands there
 *   and the field takes the focus; else it stands above all. What is filled in belongs to the caller, so nothing is handed over.
 */
export function Form({ onSubmit, error, busy, children, id, class: more = "stack gap-5" }) {
  const names = useRef(new Map());
  const redraw = useRedraw();
  const faults = error ? faultsOf(error, [...names.current.keys()]) : new Map();
  const first = [...faults.keys()][0];
  const context = useMemo(() => ({ names: names.current, faults }), [error, names.current.size]);
  useLayoutEffect(() => {
    if (error && !first) redraw(); // Fields that came with the error are known only now.
  }, [error, names.current.size]);
  useEffect(() => {
    if (first) show(document.getElementById(names.current.get(first)));
  }, [error, first]);
  const submit = (event) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return html`
    <form id=${id} class=${more} novalidate onSubmit=${submit} aria-busy=${busy ? "true" : undefined}>
      ${error && !first && html`<${ErrorNotice} error=${error} />`}
      <${FormContext.Provider} value=${context}>${children}</${FormContext.Provider}>
    </form>
  `;
}

/** The messages of an error, by the fields that they are about: of several faults the API names each. */
function faultsOf(error, names) {
  const told = error.error?.errors ?? [{ param: error.param, message: error.message }];
  const found = new Map();
  for (const { param, message } of told) {
    const name = param && nearest(param, names);
    if (name && !found.has(name)) found.set(name, message);
  }
  return found;
}

/** The field that a parameter is, or the one that it is a part of (`value` for `value.amount`), else the first that is a part of it. */
function nearest(param, names) {
  const around = names.filter((name) => param === name || isWithin(param, name));
  return around.sort((one, other) => other.length - one.length)[0] ?? names.find((name) => isWithin(name, param));
}

const isWithin = (inner, outer) => inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);

/** Puts the focus on a field, and opens what it is hidden in. */
function show(control) {
  for (let at = control?.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  control?.focus();
}

/**
 * A field: its name, an input, a hint, and what is wrong with it.
 * @param {{name: string, label: any, hint?: any, error?: string|null, optional?: boolean, hideLabel?: boolean, children: any}} props
 *   `name`: as the API calls the parameter; `error`: a message of your own instead of the API's
 */
export function Field({ name, label, hint, error, optional, hideLabel, children }) {
  const form = useContext(FormContext);
  const id = useId();
  const control = `${id}-control`;
  useLayoutEffect(() => {
    form?.names.set(name, control);
    return () => form?.names.delete(name);
  }, [form?.names, name, control]);
  const fault = error ?? form?.faults.get(name);
  const describedBy = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  const context = { name, id: control, "aria-describedby": describedBy, "aria-invalid": fault ? "true" : undefined };
  return html`
    <div class="field">
      <label class=${hideLabel ? "visually-hidden" : "field-label"} for=${control}>
        ${label}${optional && html` <span class="optional">Optional</span>`}
      </label>
      <${FieldContext.Provider} value=${context}>${children}</${FieldContext.Provider}>
      ${fault && html`<p class="field-fault" id=${`${id}-fault`} role="alert">${fault}</p>`}
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>
  `;
}
