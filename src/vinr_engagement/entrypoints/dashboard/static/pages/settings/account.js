// The reader's own password.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, DefinitionList, Field, Form, Page, TextInput, toast } from "../../ui/index.js";
import { inWords } from "../overview/sentence.js";

const EMPTY = { current_password: "", new_password: "", repeated: "" };

function Password() {
  const [draft, setDraft] = useState(EMPTY);
  const differ = draft.repeated !== "" && draft.repeated !== draft.new_password;
  const changing = useAction(async () => {
    const { current_password, new_password } = draft;
    await api.post("/session/password", { current_password, new_password });
    setDraft(EMPTY);
    toast("Your password is changed");
  });
  const input = (name, complete) => ({
    name,
    type: "password",
    autocomplete: complete,
    value: draft[name],
    onChange: (value) => setDraft((before) => ({ ...before, [name]: value })),
  });
  const complete = draft.current_password && draft.new_password && draft.repeated === draft.new_password;
  return html`
    <${Card} title="Password">
      <${Form} onSubmit=${changing.run} error=${changing.error} busy=${changing.busy}>
        <${Field} name="current_password" label="Current password"><${TextInput} ...${input("current_password", "current-password")} /><//>
        <${Field} name="new_password" label="New password" hint="At least 12 characters"><${TextInput} ...${input("new_password", "new-password")} /><//>
        <${Field} name="repeated" label="New password again" error=${differ ? "It differs from the one above." : undefined}>
          <${TextInput} ...${input("repeated", "new-password")} />
        <//>
        <${Button} kind="primary" type="submit" busy=${changing.busy} disabled=${!complete}>Change the password<//>
      <//>
    <//>
  `;
}

export default function Account() {
  const { person, signOut } = useSession();
  const items = [
    ["Name", person?.name],
    ["Email", person?.email],
    ["Role", inWords(person?.role)],
  ];
  return html`
    <${Page} title="Your account" subtitle="How you sign in here">
      <div class="settings-account">
        <${Card} title="You" actions=${html`<${Button} onClick=${signOut}>Sign out<//>`}><${DefinitionList} items=${items} /><//>
        <${Password} />
      </div>
    <//>
  `;
}
