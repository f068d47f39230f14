// The link with which a person chooses their password.

import { dateTime } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Button, Copy, Dialog, Notice } from "../../ui/index.js";

/** @param {{person: {name: string, email: string, invitation: {url_path: string, expires_at: string}}, onClose: () => void}} props */
export function Invitation({ person, onClose }) {
  const link = location.origin + person.invitation.url_path;
  return html`
    <${Dialog} title=${`A link for ${person.name || person.email}`} onClose=${onClose}>
      <${Notice} tone="amber" title="Copy it now">
        It is shown this once. Whoever has it can choose the password of ${person.email}: send it to nobody else.
      <//>
      <div class="dev-secret">
        <code data-testid="secret">${link}</code>
        <${Copy} value=${link} />
      </div>
      <p class="muted">It works once, until ${dateTime(person.invitation.expires_at)}.</p>
      <div class="dialog-actions"><${Button} kind="primary" onClick=${onClose}>I have copied it<//></div>
    <//>
  `;
}
