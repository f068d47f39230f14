// What stands around every page: the navigation, the bar on top, and the page itself.

import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { usePlace } from "../lib/router.js";
import { useEnvironment } from "../lib/session.js";
import { Navigation } from "./navigation.js";
import { Shown } from "./shown.js";
import { Top } from "./top.js";

export function Frame() {
  const { path } = usePlace();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef(null);
  useEffect(() => setOpen(false), [path]);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return html`
    <a class="skip" href="#content" onClick=${skip}>Skip to content</a>
    ${useEnvironment() === "test" && html`<div class="test-bar"><span>Test data</span></div>`}
    <div class="shell">
      <div class="side-column"><${Navigation} isOpen=${isOpen} onClose=${close} /></div>
      ${isOpen && html`<div class="curtain" onClick=${close}></div>`}
      <div>
        <${Top} opener=${opener} isOpen=${isOpen} onOpen=${() => setOpen(true)} />
        <${Shown} />
      </div>
    </div>
  `;
}

function skip(event) {
  event.preventDefault();
  (document.querySelector("#content h1") ?? document.querySelector("#content")).focus();
}
