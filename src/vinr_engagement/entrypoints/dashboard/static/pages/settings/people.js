// Who may sign in here, and in which role.

import { inWords } from "../../lib/format.js";
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction, useList } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Badge, Button, Card, Empty, ErrorNotice, ListTable, Menu, Page, Status, Time, toast } from "../../ui/index.js";
import { AskAboutPeople } from "./person_dialogs.js";

const nameOf = (person) => person.name || person.email;

function itemsFor(person, ask, enable) {
  const again = person.status === "invited" ? "New invitation link…" : "Reset password…";
  const isDisabled = person.status === "disabled";
  return [
    { label: "Change role…", onSelect: () => ask({ what: "role", person }) },
    !isDisabled && { label: again, onSelect: () => ask({ what: "reset", person }) },
    isDisabled && { label: "Enable", onSelect: () => enable(person) },
    !isDisabled && { label: "Disable…", onSelect: () => ask({ what: "disable", person }), danger: true },
  ];
}

const lastSignIn = (row) => (row.last_sign_in_at ? html`<${Time} value=${row.last_sign_in_at} relative real />` : "Never");

function columns(session, ask, enable) {
  const isMe = (row) => row.id === session.person.id;
  const who = (row) => html`
    ${nameOf(row)} ${isMe(row) && html`<${Badge}>You</${Badge}>`}<small class="dev-line">${row.email}</small>
  `;
  const menu = (row) =>
    !isMe(row) && html`<${Menu} icon="more" size="small" name=${`Actions for ${nameOf(row)}`} items=${itemsFor(row, ask, enable)} />`;
  const shown = [
    { key: "name", label: "Person", render: who },
    { key: "role", label: "Role", render: (row) => inWords(row.role) },
    { key: "status", label: "Status", priority: 2, render: (row) => html`<${Status} value=${row.status} />` },
    { key: "last_sign_in_at", label: "Last sign-in", priority: 3, render: lastSignIn },
  ];
  const actions = { key: "actions", label: html`<span class="visually-hidden">Actions</span>`, align: "end", render: menu };
  return session.can("people:write") ? [...shown, actions] : shown;
}

export default function People() {
  const session = useSession();
  const [asked, ask] = useState(null);
  const list = useList(session.can("people:read") ? "/people" : null);
  const enabling = useAction(async (person) => {
    await api.patch(`/people/${person.id}`, { status: "active" });
    list.reload();
    toast(`${nameOf(person)} is enabled`);
  });
  const invite =
    session.can("people:write") && html`<${Button} kind="primary" icon="plus" onClick=${() => ask({ what: "invite" })}>Invite a person</${Button}>`;
  const empty = html`<${Empty} icon="members" title="Nobody yet">Invite those who run the program, and those who only look.</${Empty}>`;
  return html`
    <${Page} title="Team" subtitle="Who may sign in, and in which role" actions=${invite}>
      ${enabling.error && html`<${ErrorNotice} error=${enabling.error} />`}
      <${Card} flush><${ListTable} list=${list} columns=${columns(session, ask, enabling.run)} caption="Team" empty=${empty} /></${Card}>
      <${AskAboutPeople} asked=${asked} ask=${ask} reload=${list.reload} />
    </${Page}>
  `;
}
