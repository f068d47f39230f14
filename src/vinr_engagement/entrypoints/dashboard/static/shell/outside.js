// The pages of those who are not signed in.

import { html } from "../lib/preact.js";
import { ErrorNotice } from "../ui/states.js";
import { Door } from "./door.js";

export { Invitation } from "./invitation.js";
export { SignIn } from "./sign_in.js";

/** Where it cannot be found out who is signed in. */
export function Unreachable({ error, retry }) {
  return html`<${Door} title="The dashboard cannot be reached"><${ErrorNotice} error=${error} retry=${retry} /></${Door}>`;
}
