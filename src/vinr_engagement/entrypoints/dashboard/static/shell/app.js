// What is shown: the sign-in page to those who are not signed in, the page of an invitation, or the frame with a page in it.

import { keep, kept } from "../lib/kept.js";
import { useObservable } from "../lib/observable.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { navigate, usePlace } from "../lib/router.js";
import { readSession, session, sessionError } from "../lib/session.js";
import { Toasts } from "../ui/toast.js";
import { Frame } from "./frame.js";

const INVITATION = "invitation";

/** The whole page. */
export function App() {
  return html`<${Shown} /><${Toasts} />`;
}

function Shown() {
  const { environment, path } = usePlace();
  const found = useObservable(session);
  const error = useObservable(sessionError);
  if (!environment && path === INVITATION) return html`<${Outside} name="Invitation" />`;
  if (found) return html`<${InEnvironment} session=${found} />`;
  if (error) return html`<${Outside} name="Unreachable" error=${error} retry=${readSession} />`;
  return found === null ? html`<${Outside} name="SignIn" />` : html`<${Loading} />`;
}

/** A page for those who are not in; its module is fetched when it is wanted, for most visitors are signed in. */
function Outside({ name, ...props }) {
  const [pages, setPages] = useState(null);
  useEffect(() => {
    import("./outside.js").then(setPages);
  }, []);
  return pages ? html`<${pages[name]} ...${props} />` : html`<${Loading} />`;
}

function Loading() {
  return html`<main aria-busy="true" aria-label="Loading"></main>`;
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
