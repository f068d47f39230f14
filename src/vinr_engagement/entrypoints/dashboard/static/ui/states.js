// What stands where content is not: yet, any more, or because something went wrong.

import { html } from "../lib/preact.js";
import { Button } from "./button.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";

/**
 * Says that there is nothing, why, and what to do about it.
 * @param {{title: string, children?: any, action?: any, icon?: string}} props
 */
export function Empty({ title, children, action, icon }) {
  return html`
    <div class="empty">
      ${icon && html`<div class="empty-icon"><${Icon} name=${icon} /></div>`}
      <p class="empty-title">${title}</p>
      ${children && html`<div class="empty-text">${children}</div>`}
      ${action && html`<div class="empty-action">${action}</div>`}
    </div>
  `;
}

/**
 * Grey lines in the place of text that is on its way.
 * @param {{lines?: number, label?: string}} props
 */
export function Skeleton({ lines = 3, label = "Loading" }) {
  return html`
    <div class="skeleton" role="status" aria-label=${label}>
      ${Array.from({ length: lines }, (_, index) => html`<div key=${index} class=${`bone bone-${index % 4}`}></div>`)}
    </div>
  `;
}

/**
 * An error in the API's words, with the id under which its log has it.
 * @param {{error: Error, retry?: () => void}} props
 */
export function ErrorNotice({ error, retry }) {
  const { requestId, code, message } = error;
  return html`
    <div class="notice red" role="alert">
      <${Icon} name="alert" />
      <div class="notice-body">
        <p class="notice-title">${message}</p>
        ${requestId && html`<p class="notice-small"><code>${code}</code> · Request <code>${requestId}</code></p>`}
        ${retry && html`<${Button} size="small" icon="refresh" onClick=${() => retry()}>Try again</${Button}>`}
      </div>
    </div>
  `;
}

const NOTICE_ICONS = { green: "check", amber: "alert", red: "alert" };

/**
 * @param {{tone?: "neutral"|"green"|"amber"|"red"|"blue"|"violet", title?: string, children?: any}} props
 */
export function Notice({ tone = "blue", title, children }) {
  return html`
    <div class=${classes("notice", tone)}>
      <${Icon} name=${NOTICE_ICONS[tone] ?? "info"} />
      <div class="notice-body">
        ${title && html`<p class="notice-title">${title}</p>`}
        ${children && html`<div class="notice-text">${children}</div>`}
      </div>
    </div>
  `;
}
