// What stands in front of the page until it is answered: the browser's own dialog keeps the focus in it and gives it back.

import { html, useId, useLayoutEffect, useRef, useState } from "../lib/preact.js";
import { useAction } from "../lib/query.js";
import { Button } from "./button.js";
import { classes } from "./classes.js";
import { ErrorNotice } from "./states.js";

/**
 * A dialog that is shown as long as it is there.
 * @param {{title: string, onClose: () => void, children?: any, footer?: any, wide?: boolean}} props  Escape, the cross and a click
 *   beside it call `onClose`
 */
export function Dialog({ title, onClose, children, footer, wide }) {
  const dialog = useRef(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown.showModal();
    return () => {
      shown.close(); // While it is open nothing behind it takes the focus.
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog
      ref=${dialog} class=${classes("dialog", wide && "wide")} aria-labelledby=${id} onCancel=${cancel}
      onPointerDown=${(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-frame">
        <header class="dialog-head">
          <h2 id=${id}>${title}</h2>
          <${Button} kind="quiet" icon="close" label="Close" onClick=${onClose} />
        </header>
        <div class="dialog-body">${children}</div>
        ${footer && html`<footer class="dialog-foot">${footer}</footer>`}
      </div>
    </dialog>
  `;
}

/**
 * Asks before something is done, shows that it is being done, and why it failed.
 * @param {{title: string, children?: any, confirm: string, danger?: boolean, type?: string, onConfirm: () => Promise<any>|any,
 *   onClose: () => void, disabled?: boolean}} props
 *   `confirm`: what the button says; `type`: a text that has to be typed first; it closes when `onConfirm` is done
 */
export function Confirm({ title, children, confirm, danger, type, onConfirm, onClose, disabled }) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const { run, busy, error } = useAction(async () => {
    await onConfirm();
    onClose();
  });
  const submit = (event) => {
    event.preventDefault();
    if (!type || typed.trim() === type) run();
  };
  const footer = html`
    <${Button} onClick=${onClose}>Cancel</${Button}>
    <${Button} kind=${danger ? "danger" : "primary"} type="submit" form=${id} busy=${busy} disabled=${disabled || (type && typed.trim() !== type)}>
      ${confirm}
    </${Button}>
  `;
  return html`
    <${Dialog} title=${title} onClose=${onClose} footer=${footer}>
      <form id=${id} class="stack gap-4" onSubmit=${submit}>
        ${children && html`<div class="prose">${children}</div>`}
        ${type && html`
          <label class="field">
            <span class="field-label">Type <code>${type}</code> to confirm</span>
            <input class="input" autocomplete="off" spellcheck=${false} value=${typed} onInput=${(event) => setTyped(event.target.value)} />
          </label>
        `}
        ${error && html`<${ErrorNotice} error=${error} />`}
      </form>
    </${Dialog}>
  `;
}
