// What is shown: the sign-in page to those who are not signed in, the page of an invitation, or the frame with a page in it.

import { keep, kept } from "../lib/kept.js";
import { useObservable } from "../lib/observable.js";
import { html, useEffect } from "../lib/preact.js";
import { navigate, usePlace } from "../lib/router.js";
import { readSession, session, sessionError } from "../lib/session.js";
import { ErrorNotice } from "../ui/states.js";
import { Toasts } from "../ui/toast.js";
import { Door } from "./door.js";
import { Frame } from "./frame.js";
import { Invitation } from "./invitation.js";
import { SignIn } from "./sign_in.js";

const INVITATION = "invitation";

/** The whole page. */
export function App() {
  return html`<${Shown} /><${Toasts} />`;
}

function Shown() {
  const { environment, path } = usePlace();
  const found = useObservable(session);
  const error = useObservable(sessionError);
  if (!environment && path === INVITATION) return html`<${Invitation} />`;
  if (found) return html`<${InEnvironment} session=${found} />`;
  if (error) return html`<${Door}><${ErrorNotice} error=${error} retry=${readSession} /></${Door}>`;
  return found === null ? html`<${SignIn} />` : html`<main aria-busy="true" aria-label="Loading"></main>`;
}

/** An address that names no store, or one that the reader may not see, becomes one that does. */
function InEnvironment({ session: { environments } }) {
  const { environment, path } = usePlace();
  const isKnown = environments.includes(environment);
  useEffect(() => {
    if (isKnown) return keep("environment", environment);
    const last = kept("environment");
    navigate(path + location.search, { replace: true, environment: environments.includes(last) ? last : environments[0] });
  }, [environment, isKnown]);
  return isKnown ? html`<${Frame} />` : null;
}
