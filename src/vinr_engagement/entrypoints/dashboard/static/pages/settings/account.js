// The reader's own password.

import { inWords } from "../../lib/format.js";
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, DefinitionList, Field, Form, Page, TextInput, toast } from "../../ui/index.js";
import { inputsOf } from "../developers/form_dialog.js";

const EMPTY = { current_password: "", new_password: "", repeated: "" };
const OWN = { type: "password", autocomplete: "current-password" };
const NEW = { type: "password", autocomplete: "new-password" };

function Password() {
  const [draft, setDraft] = useState(EMPTY);
  const input = inputsOf(draft, setDraft);
  const { current_password, new_password, repeated } = draft;
  const changing = useAction(async () => {
    await api.post("/session/password", { current_password, new_password });
    setDraft(EMPTY);
    toast("Your password is changed");
  });
  const differs = repeated !== "" && repeated !== new_password;
  const isReady = current_password && new_password && repeated === new_password;
  return html`
    <${Card} title="Password">
      <${Form} onSubmit=${() => isReady && changing.run()} error=${changing.error} busy=${changing.busy}>
        <${Field} name="current_password" label="Current password"><${TextInput} ...${input("current_password")} ...${OWN} /></${Field}>
        <${Field} name="new_password" label="New password"><${TextInput} ...${input("new_password")} ...${NEW} /></${Field}>
        <${Field} name="repeated" label="New password again" error=${differs ? "It differs from the one above." : null}>
          <${TextInput} ...${input("repeated")} ...${NEW} />
        </${Field}>
        <div><${Button} kind="primary" type="submit" busy=${changing.busy} disabled=${!isReady}>Change the password</${Button}></div>
      </${Form}>
    </${Card}>
  `;
}

export default function Account() {
  const { person, signOut } = useSession();
  const items = [
    ["Name", person.name],
    ["Email", person.email],
    ["Role", inWords(person.role)],
  ];
  const leave = html`<${Button} icon="sign-out" onClick=${signOut}>Sign out</${Button}>`;
  return html`
    <${Page} title="Your account" subtitle="How you sign in here">
      <div class="settings-account">
        <${Card} title="You" actions=${leave}><${DefinitionList} items=${items} /></${Card}>
        <${Password} />
      </div>
    </${Page}>
  `;
}
