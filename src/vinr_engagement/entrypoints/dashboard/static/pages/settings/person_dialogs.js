// What is asked before a person is invited or changed.

import { api } from "../../lib/api.js";
import { dateTime } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { Confirm, Field, Select, TextInput, toast } from "../../ui/index.js";
import { FormDialog, inputsOf } from "../developers/form_dialog.js";
import { SecretDialog } from "../developers/secret.js";

const ROLES = [
  ["viewer", "Viewer: sees everything, changes nothing"],
  ["editor", "Editor: runs the program, and helps members"],
  ["admin", "Admin: keys, webhooks and people too"],
];
const nameOf = (person) => person.name || person.email;

function Invite({ onClose, onLink }) {
  const [draft, setDraft] = useState({ email: "", name: "", role: "editor" });
  const input = inputsOf(draft, setDraft);
  const inviting = useAction(async () => onLink(await api.post("/people", { ...draft, name: draft.name || null })));
  return html`
    <${FormDialog} title="Invite a person" save="Invite" action=${inviting} onClose=${onClose}>
      <${Field} name="email" label="Email"><${TextInput} ...${input("email")} type="email" autocomplete="off" /></${Field}>
      <${Field} name="name" label="Name" optional><${TextInput} ...${input("name")} autocomplete="off" /></${Field}>
      <${Field} name="role" label="Role"><${Select} ...${input("role")} options=${ROLES} /></${Field}>
    </${FormDialog}>
  `;
}

function ChangeRole({ person, onClose, onDone }) {
  const [role, setRole] = useState(person.role);
  const changing = useAction(async () => {
    await api.patch(`/people/${person.id}`, { role });
    onDone(`The role of ${nameOf(person)} is changed`);
  });
  return html`
    <${FormDialog} title=${`The role of ${nameOf(person)}`} save="Change the role" action=${changing} onClose=${onClose}>
      <${Field} name="role" label="Role" hint="They are signed out, and have it when they sign in again">
        <${Select} value=${role} options=${ROLES} onChange=${setRole} />
      </${Field}>
    </${FormDialog}>
  `;
}

function Disable({ person, onClose, onDone }) {
  const disable = async () => {
    await api.patch(`/people/${person.id}`, { status: "disabled" });
    onDone(`${nameOf(person)} is disabled`);
  };
  return html`
    <${Confirm} title=${`Disable ${nameOf(person)}`} confirm="Disable" danger onConfirm=${disable} onClose=${onClose}>
      <p>They are signed out everywhere and cannot sign in. What they did stays in the audit log, and they can be enabled again.</p>
    </${Confirm}>
  `;
}

function Reset({ person, onClose, onLink }) {
  const resetting = useAction(async () => onLink(await api.post(`/people/${person.id}/reset-password`)));
  return html`
    <${FormDialog} title=${`A new link for ${nameOf(person)}`} save="Make the link" action=${resetting} onClose=${onClose}>
      <p>With the link they choose a new password. It works once, and no earlier link works any more.</p>
    </${FormDialog}>
  `;
}

function Link({ person, onClose }) {
  const { url_path: path, expires_at: until } = person.invitation;
  const warning = `It is shown this once. Whoever has it chooses the password of ${person.email}: send it to nobody else.`;
  return html`
    <${SecretDialog} title=${`A link for ${nameOf(person)}`} secret=${location.origin + path} warning=${warning} onClose=${onClose}>
      <p class="muted">It works once, until ${dateTime(until)}.</p>
    </${SecretDialog}>
  `;
}

const DIALOGS = { invite: Invite, role: ChangeRole, disable: Disable, reset: Reset, link: Link };

/**
 * @param {{asked: {what: keyof typeof DIALOGS, person?: object} | null, ask: (asked: object | null) => void, reload: () => void}} props
 */
export function AskAboutPeople({ asked, ask, reload }) {
  if (!asked) return null;
  const close = () => ask(null);
  const done = (said) => {
    close();
    reload();
    toast(said);
  };
  const link = (person) => {
    ask({ what: "link", person });
    reload();
  };
  return html`<${DIALOGS[asked.what]} key=${asked.what} person=${asked.person} onClose=${close} onDone=${done} onLink=${link} />`;
}
