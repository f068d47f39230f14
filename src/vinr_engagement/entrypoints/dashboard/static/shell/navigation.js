// The navigation: a column at the side, or a drawer where there is no room for one.

import { html, useEffect, useRef } from "../lib/preact.js";
import { Link, match, usePlace } from "../lib/router.js";
import { useEnvironment, useProgram, useSession } from "../lib/session.js";
import { routes } from "../routes.js";
import { classes } from "../ui/classes.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { Sign } from "./brand.js";
import { groupsFor } from "./places.js";

/** @param {{isOpen: boolean, onClose: () => void}} props  of the drawer; Escape closes it */
export function Navigation({ isOpen, onClose }) {
  const { can } = useSession();
  const groups = groupsFor(can, useEnvironment());
  const side = useRef(null);
  useEffect(() => {
    if (isOpen) side.current.querySelector("a").focus();
  }, [isOpen]);
  const onKeyDown = (event) => isOpen && event.key === "Escape" && onClose();
  return html`
    <nav id="navigation" ref=${side} class=${classes("side", isOpen && "open")} aria-label="Dashboard" onKeyDown=${onKeyDown}>
      <${Link} class="brand" to=""><${Sign} />VINR Engagement</${Link}>
      <${Programs} />
      ${groups.map(({ label, places }) => html`
        <section key=${label} aria-label=${label ?? "Start"}>
          ${label && html`<h2>${label}</h2>`}
          <ul>${places.map((place) => html`<${Entry} key=${place.to} ...${place} />`)}</ul>
        </section>
      `)}
    </nav>
  `;
}

function Entry({ to, label, icon }) {
  const { path } = usePlace();
  const current = path === to ? "page" : to && path.startsWith(`${to}/`) ? "true" : undefined;
  const prefetch = () => match(routes, to)?.route.load().catch(() => {});
  return html`
    <li><${Link} to=${to} aria-current=${current} onPointerEnter=${prefetch}><${Icon} name=${icon} />${label}</${Link}></li>
  `;
}

/** Which program the pages are about, where there are several. */
function Programs() {
  const { program, programs, choose } = useProgram();
  const shown = programs.filter(({ id, status }) => status !== "archived" || id === program?.id);
  if (shown.length < 2) return null;
  const items = shown.map(({ id, name }) => ({ label: name, checked: id === program.id, onSelect: () => choose(id) }));
  return html`<${Menu} align="start" label=${program.name} name=${`Program: ${program.name}`} items=${items} />`;
}
