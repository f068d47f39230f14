// Who may sign in here, and in which role.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction, useList } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Confirm, Dialog, Empty, ErrorNotice, Field, Form, ListTable, Menu, Page, Select, Status, TextInput, Time, toast } from "../../ui/index.js";
import { Invitation } from "./invitation.js";
import { inWords } from "../overview/sentence.js";

export const ROLES = [
  ["viewer", "Viewer: sees everything, changes nothing"],
  ["editor", "Editor: runs the program, and helps members"],
  ["admin", "Admin: keys, webhooks and people too"],
];

function Invite({ onClose, onMade }) {
  const [draft, setDraft] = useState({ email: "", name: "", role: "editor" });
  const input = (name) => ({ name, value: draft[name], onChange: (value) => setDraft((before) => ({ ...before, [name]: value })) });
  const inviting = useAction(async () => onMade(await api.post("/people", draft)));
  return html`
    <${Dialog} title="Invite a person" onClose=${onClose}>
      <${Form} onSubmit=${inviting.run} error=${inviting.error} busy=${inviting.busy}>
        <${Field} name="email" label="Email"><${TextInput} ...${input("email")} type="email" /><//>
        <${Field} name="name" label="Name"><${TextInput} ...${input("name")} /><//>
        <${Field} name="role" label="Role"><${Select} ...${input("role")} options=${ROLES} /><//>
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${inviting.busy}>Invite<//>
        </div>
      <//>
    <//>
  `;
}

function ChangeRole({ person, onClose, onDone }) {
  const [role, setRole] = useState(person.role);
  const changing = useAction(async () => {
    await api.patch(`/people/${person.id}`, { role });
    onDone("The role is changed");
  });
  return html`
    <${Dialog} title=${`The role of ${person.name || person.email}`} onClose=${onClose}>
      <${Form} onSubmit=${changing.run} error=${changing.error} busy=${changing.busy}>
        <${Field} name="role" label="Role"><${Select} name="role" value=${role} options=${ROLES} onChange=${setRole} /><//>
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${changing.busy}>Change the role<//>
        </div>
      <//>
    <//>
  `;
}

function Disable({ person, onClose, onDone }) {
  const disable = async () => {
    await api.patch(`/people/${person.id}`, { status: "disabled" });
    onDone("The person is disabled");
  };
  return html`
    <${Confirm} title=${`Disable ${person.name || person.email}`} confirm="Disable" danger onConfirm=${disable} onClose=${onClose}>
      <p>They are signed out everywhere and cannot sign in. What they did stays in the audit log, and they can be enabled again.</p>
    <//>
  `;
}

function Reset({ person, onClose, onMade }) {
  const reset = async () => onMade(await api.post(`/people/${person.id}/reset-password`));
  return html`
    <${Confirm} title=${`Reset the password of ${person.name || person.email}`} confirm="Reset" onConfirm=${reset} onClose=${onClose}>
      <p>You get a link for them, with which they choose a new password. It works once.</p>
    <//>
  `;
}

function menuOf(person, ask, enable) {
  const items = [{ label: "Change role…", onSelect: () => ask({ what: "role", person }) }];
  const again = person.status === "invited" ? "New invitation link…" : "Reset password…";
  if (person.status !== "disabled") items.push({ label: again, onSelect: () => ask({ what: "reset", person }) });
  if (person.status === "disabled") items.push({ label: "Enable", onSelect: () => enable(person) });
  else items.push({ label: "Disable…", onSelect: () => ask({ what: "disable", person }), danger: true });
  return items;
}

function columns(session, ask, enable) {
  const mine = (row) => row.id === session.person?.id;
  const all = [
    {
      key: "name",
      label: "Person",
      render: (row) => html`${row.name || row.email} ${mine(row) && html`<${Badge}>You<//>`}<small class="muted block">${row.email}</small>`,
    },
    { key: "role", label: "Role", render: (row) => inWords(row.role) },
    { key: "status", label: "Status", priority: 2, render: (row) => html`<${Status} value=${row.status} />` },
    {
      key: "last_sign_in_at",
      label: "Last sign-in",
      priority: 3,
      render: (row) => (row.last_sign_in_at ? html`<${Time} value=${row.last_sign_in_at} relative />` : "Never"),
    },
  ];
  if (!session.can("people:write")) return all;
  const menu = (row) => !mine(row) && html`<${Menu} label=${`Actions for ${row.name || row.email}`} items=${menuOf(row, ask, enable)} />`;
  return [...all, { key: "actions", label: "Actions", align: "end", render: menu }];
}

function Asked({ asked, close, done, made }) {
  if (asked?.what === "invite") return html`<${Invite} onClose=${close} onMade=${made} />`;
  if (asked?.what === "role") return html`<${ChangeRole} person=${asked.person} onClose=${close} onDone=${done} />`;
  if (asked?.what === "disable") return html`<${Disable} person=${asked.person} onClose=${close} onDone=${done} />`;
  if (asked?.what === "reset") return html`<${Reset} person=${asked.person} onClose=${close} onMade=${made} />`;
  if (asked?.what === "link") return html`<${Invitation} person=${asked.person} onClose=${close} />`;
  return null;
}

export default function People() {
  const session = useSession();
  const [asked, ask] = useState(null);
  const list = useList(session.can("people:read") ? "/people" : null);
  const done = (said) => {
    ask(null);
    list.reload();
    toast(said);
  };
  const made = (person) => {
    list.reload();
    ask({ what: "link", person });
  };
  const enabling = useAction(async (person) => {
    await api.patch(`/people/${person.id}`, { status: "active" });
    done("The person is enabled");
  });
  const invite = session.can("people:write") && html`<${Button} kind="primary" icon="plus" onClick=${() => ask({ what: "invite" })}>Invite a person<//>`;
  return html`
    <${Page} title="People" subtitle="Who may sign in, and in which role" actions=${invite}>
      ${enabling.error && html`<${ErrorNotice} error=${enabling.error} />`}
      <${ListTable} list=${list} columns=${columns(session, ask, enabling.run)} caption="People" empty=${html`<${Empty} title="Nobody else yet" action=${invite}>Invite those who run the program, and those who only look.<//>`} />
      <${Asked} asked=${asked} close=${() => ask(null)} done=${done} made=${made} />
    <//>
  `;
}
