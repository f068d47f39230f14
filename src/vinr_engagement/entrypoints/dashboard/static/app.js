// The beginning: who is signed in is asked, and the page's module fetched, while the frame is being drawn.

import { html, render } from "./lib/preact.js";
import { listen, match, place } from "./lib/router.js";
import { readSession } from "./lib/session.js";
import { routes } from "./routes.js";
import { App } from "./shell/app.js";

listen();
readSession();
match(routes, place.get().path)?.route.load().catch(() => {});
render(html`<${App} />`, document.getElementById("app"));
