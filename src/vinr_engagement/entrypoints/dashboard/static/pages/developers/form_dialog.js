// A form in front of the page.

import { html, useId } from "../../lib/preact.js";
import { Button, Dialog, Form } from "../../ui/index.js";

/**
 * @param {{title: string, save: string, action: ReturnType<typeof import("../../lib/query.js").useAction>, onClose: () => void,
 *   disabled?: boolean, wide?: boolean, children: any}} props  `save`: what the button says; `action`: what it does
 */
export function FormDialog({ title, save, action, onClose, disabled, wide, children }) {
  const id = useId();
  const footer = html`
    <${Button} onClick=${onClose}>Cancel</${Button}>
    <${Button} kind="primary" type="submit" form=${id} busy=${action.busy} disabled=${disabled}>${save}</${Button}>
  `;
  return html`
    <${Dialog} title=${title} onClose=${onClose} footer=${footer} wide=${wide}>
      <${Form} id=${id} onSubmit=${() => action.run()} error=${action.error} busy=${action.busy}>${children}</${Form}>
    </${Dialog}>
  `;
}

/**
 * The parts of a draft as inputs take them.
 *
 * @param {object} draft @param {(update: (before: object) => object) => void} setDraft
 * @returns {(name: string) => {name: string, value: any, onChange: (value: any) => void}}
 */
export function inputsOf(draft, setDraft) {
  return (name) => ({ name, value: draft[name], onChange: (value) => setDraft((before) => ({ ...before, [name]: value })) });
}
