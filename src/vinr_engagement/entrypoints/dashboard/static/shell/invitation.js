// The page that an invitation leads to: whoever has its token, which stands behind the # of the address, chooses a password.

import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/query.js";
import { navigate, usePlace } from "../lib/router.js";
import { acceptInvitation } from "../lib/session.js";
import { Button } from "../ui/button.js";
import { Field, Form } from "../ui/form.js";
import { TextInput } from "../ui/inputs.js";
import { Notice } from "../ui/states.js";
import { Door } from "./door.js";

export function Invitation() {
  const { fragment: token } = usePlace();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isShown, setShown] = useState(false);
  const { run, busy, error } = useAction(async () => {
    await acceptInvitation(token, password, name.trim());
    navigate("/dashboard", { replace: true });
  });
  if (!token) {
    return html`
      <${Door} title="This address is not complete">
        <${Notice} tone="amber">Open the whole link of the invitation, with all that stands behind its #.</${Notice}>
      </${Door}>
    `;
  }
  return html`
    <${Door} title="Choose a password">
      <${Form} onSubmit=${run} error=${error} busy=${busy}>
        <${Field} name="name" label="Your name" optional>
          <${TextInput} autocomplete="name" value=${name} onChange=${setName} />
        </${Field}>
        <${Field} name="password" label="Password" hint="A long one is a good one: a few words together, for instance.">
          <${TextInput} type=${isShown ? "text" : "password"} autocomplete="new-password" required value=${password} onChange=${setPassword} />
        </${Field}>
        <label class="tick">
          <input type="checkbox" checked=${isShown} onChange=${(event) => setShown(event.target.checked)} /><span>Show the password</span>
        </label>
        <${Button} kind="primary" type="submit" busy=${busy}>Sign in</${Button}>
      </${Form}>
    </${Door}>
  `;
}
