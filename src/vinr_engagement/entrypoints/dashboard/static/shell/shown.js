// The page that the address names. While its module is on its way, the one before stays.

import { html, useEffect, useErrorBoundary, useState } from "../lib/preact.js";
import { match, usePlace } from "../lib/router.js";
import { useClock } from "../lib/session.js";
import { routes } from "../routes.js";
import { Button } from "../ui/button.js";
import { Page } from "../ui/layout.js";
import { Empty, ErrorNotice, Skeleton } from "../ui/states.js";

export function Shown() {
  const { environment, path, query } = usePlace();
  const [shown, setShown] = useState(null);
  const address = `${environment}/${path}`;
  useEffect(() => {
    let isWanted = true;
    pageOf(path).then((page) => isWanted && setShown({ ...page, address }));
    return () => (isWanted = false);
  }, [address]);
  const { known } = useClock();
  const isReady = shown && known;
  const isBusy = !isReady || shown.address !== address;
  return html`
    <main id="content" class="main" tabindex="-1" aria-busy=${isBusy ? "true" : undefined}>
      ${isReady ? html`<${Guarded} key=${shown.address} page=${shown} query=${query} />` : html`<div class="page"><${Skeleton} lines=${6} /></div>`}
    </main>
  `;
}

/** The component of a path, and what its names stand for. */
async function pageOf(path) {
  const found = match(routes, path);
  if (!found) return { component: NotFound, params: {} };
  try {
    return { component: (await found.route.load()).default, params: found.params };
  } catch (error) {
    return { component: NotLoaded, params: { error } };
  }
}

/** A page that fails to draw itself says so, and leaves the frame around it. */
function Guarded({ page: { component: Content, params }, query }) {
  const [error, reset] = useErrorBoundary((failure) => reportError(failure));
  if (error) {
    return html`<${Page} title="Something went wrong on this page"><${ErrorNotice} error=${error} retry=${reset} /></${Page}>`;
  }
  return html`<${Content} params=${params} query=${query} />`;
}

function NotFound() {
  const action = html`<${Button} to="">Go to the overview</${Button}>`;
  return html`
    <${Page} title="There is no such page">
      <${Empty} icon="search" title="Nothing is at this address" action=${action}>It may have been mistyped, or be of another version.</${Empty}>
    </${Page}>
  `;
}

/** A module did not come: the connection is gone, or a new version has taken the place of this one. */
function NotLoaded() {
  const action = html`<${Button} icon="refresh" onClick=${() => location.reload()}>Load again</${Button}>`;
  return html`
    <${Page} title="This page could not be loaded">
      <${Empty} icon="alert" title="Its file did not come" action=${action}>The connection may be gone, or the dashboard was updated.</${Empty}>
    </${Page}>
  `;
}
