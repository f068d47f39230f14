// Signing in. Afterwards the page is shown whose address one came with.

import { useObservable } from "../lib/observable.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/query.js";
import { outside, signIn } from "../lib/session.js";
import { Button } from "../ui/button.js";
import { Field, Form } from "../ui/form.js";
import { TextInput } from "../ui/inputs.js";
import { Notice } from "../ui/states.js";
import { Door } from "./door.js";

const ENDED = ["session_ended", "session_expired"];

/** Asks for email and password; where there is nobody yet who could give them, says how that is changed. */
export function SignIn() {
  const why = useObservable(outside);
  if (why === "people_missing") return html`<${NobodyYet} />`;
  const foot = "No account yet? An administrator of your team can invite you.";
  return html`
    <${Door} title="Sign in" foot=${foot}>
      ${ENDED.includes(why) && html`<${Notice} tone="amber">Your session has ended. Sign in to go on where you were.</${Notice}>`}
      <${Credentials} />
    </${Door}>
  `;
}

function Credentials() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  useEffect(() => document.querySelector("input[type=email]").focus(), []);
  const { run, busy, error } = useAction(() => signIn(email.trim(), password));
  return html`
    <${Form} onSubmit=${run} error=${error} busy=${busy}>
      <${Field} name="email" label="Email">
        <${TextInput} type="email" autocomplete="username" required value=${email} onChange=${setEmail} />
      </${Field}>
      <${Field} name="password" label="Password">
        <${TextInput} type="password" autocomplete="current-password" required value=${password} onChange=${setPassword} />
      </${Field}>
      <${Button} kind="primary" type="submit" busy=${busy}>Sign in</${Button}>
    </${Form}>
  `;
}

function NobodyYet() {
  return html`
    <${Door} title="Nobody can sign in yet">
      <div class="prose">
        <p>The first person is made on the server, with the settings that it runs with:</p>
        <pre class="code" tabindex="0"><code>vinr people add you@example.com --role admin</code></pre>
        <p class="muted">It prints the address of an invitation. Open it to choose a password.</p>
      </div>
      <${Button} onClick=${() => location.reload()}>I have done that</${Button}>
    </${Door}>
  `;
}
