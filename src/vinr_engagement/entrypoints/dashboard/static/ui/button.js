// Buttons, and links that look like them.

import { html } from "../lib/preact.js";
import { Link } from "../lib/router.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";

/**
 * @param {{kind?: "primary"|"secondary"|"quiet"|"danger", size?: "small"|"medium", busy?: boolean, disabled?: boolean,
 *   onClick?: (event: Event) => void, to?: string, type?: "button"|"submit", icon?: string, label?: string, children?: any}} props
 *   `to` makes it a link to a page; an icon without text needs a `label`; a busy button keeps its place and takes no clicks
 */
export function Button({ kind = "secondary", size = "medium", busy, disabled, onClick, to, type = "button", icon, label, children, ...more }) {
  const look = classes("button", kind, size, busy && "busy", icon && !children && "icon-only");
  const content = html`${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}`;
  if (to !== undefined && !disabled) {
    return html`<${Link} to=${to} class=${look} aria-label=${label} onClick=${onClick} ...${more}>${content}</${Link}>`;
  }
  return html`
    <button
      type=${type}
      class=${look}
      disabled=${disabled}
      aria-disabled=${busy ? "true" : undefined}
      aria-busy=${busy ? "true" : undefined}
      aria-label=${label}
      title=${label}
      onClick=${busy ? (event) => event.preventDefault() : onClick}
      ...${more}
    >${content}</button>
  `;
}
