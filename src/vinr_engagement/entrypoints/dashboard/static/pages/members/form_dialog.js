// A dialog with a form: fields, the API's own words where something is wrong, and two buttons.

import { html, useId } from "../../lib/preact.js";
import { Button, Dialog, Form } from "../../ui/index.js";

/**
 * @param {{title: string, submit: string, action: {run: Function, busy: boolean, error: object|null}, onClose: () => void,
 *   danger?: boolean, disabled?: boolean, wide?: boolean, children?: any}} props
 */
export function FormDialog({ title, submit, action, onClose, danger, disabled, wide, children }) {
  const id = useId();
  const footer = html`
    <${Button} onClick=${onClose}>Cancel</${Button}>
    <${Button} type="submit" form=${id} kind=${danger ? "danger" : "primary"} busy=${action.busy} disabled=${disabled}>${submit}</${Button}>
  `;
  return html`
    <${Dialog} title=${title} onClose=${onClose} wide=${wide} footer=${footer}>
      <${Form} id=${id} onSubmit=${() => action.run()} error=${action.error} busy=${action.busy}>${children}</${Form}>
    </${Dialog}>
  `;
}
