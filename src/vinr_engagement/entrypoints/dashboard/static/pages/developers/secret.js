// A secret that is shown once.

import { html } from "../../lib/preact.js";
import { Button, Copy, Dialog, Notice } from "../../ui/index.js";

/** @param {{title: string, secret: string, children: unknown, onClose: () => void}} props */
export function SecretDialog({ title, secret, children, onClose }) {
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <${Notice} tone="amber" title="Copy it now">It is shown this once, and kept nowhere in clear.<//>
      <div class="dev-secret">
        <code data-testid="secret">${secret}</code>
        <${Copy} value=${secret} />
      </div>
      ${children}
      <div class="dialog-actions"><${Button} kind="primary" onClick=${onClose}>I have copied it<//></div>
    <//>
  `;
}
