// A secret that is shown once.

import { html } from "../../lib/preact.js";
import { Button, Copy, Dialog, Notice } from "../../ui/index.js";

/** @param {{title: string, secret: string, warning?: string, children?: any, onClose: () => void}} props */
export function SecretDialog({ title, secret, warning = "It is shown this once.", children, onClose }) {
  const footer = html`<${Button} kind="primary" onClick=${onClose}>I have copied it</${Button}>`;
  return html`
    <${Dialog} title=${title} onClose=${onClose} footer=${footer}>
      <div class="stack gap-4">
        <${Notice} tone="amber" title="Copy it now">${warning}</${Notice}>
        <div class="dev-secret"><code data-secret>${secret}</code><${Copy} value=${secret} label="Copy it" /></div>
        ${children}
      </div>
    </${Dialog}>
  `;
}
