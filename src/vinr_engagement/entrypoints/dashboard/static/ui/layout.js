// Where things stand on a page.

import { html, useEffect, useRef } from "../lib/preact.js";
import { claimArrival, currentEnvironment, Link } from "../lib/router.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";

const PRODUCT = "VINR Engagement";

/**
 * A page: its heading, what can be done on it, and its content. The heading takes the focus when the page was navigated to.
 * @param {{title: string, name?: string, subtitle?: any, actions?: any, back?: {to: string, label: string}, children?: any}} props
 *   `title` may be markup; then `name` is the text that the browser's tab shows
 */
export function Page({ title, name, subtitle, actions, back, children }) {
  const heading = useRef(null);
  const text = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = [text, currentEnvironment() === "test" && "Test", PRODUCT].filter(Boolean).join(" · ");
  }, [text]);
  useEffect(() => {
    if (claimArrival()) heading.current.focus({ preventScroll: true });
  }, []);
  return html`
    <div class="page">
      <header class="page-head">
        ${back && html`<${Link} to=${back.to} class="back"><${Icon} name="arrow-left" />${back.label}</${Link}>`}
        <div class="page-title">
          <h1 ref=${heading} tabindex="-1">${title}</h1>
          ${actions && html`<div class="page-actions">${actions}</div>`}
        </div>
        ${subtitle && html`<p class="subtitle">${subtitle}</p>`}
      </header>
      ${children}
    </div>
  `;
}

/**
 * A part of a page with a frame around it.
 * @param {{title?: any, subtitle?: any, actions?: any, flush?: boolean, class?: string, children?: any}} props  `flush`: the
 *   content reaches the frame, as tables do
 */
export function Card({ title, subtitle, actions, flush, class: more, children }) {
  return html`
    <section class=${classes("card", flush && "flush", more)}>
      ${(title || actions) && html`
        <header class="card-head">
          <div>
            ${title && html`<h2>${title}</h2>`}
            ${subtitle && html`<p class="subtitle">${subtitle}</p>`}
          </div>
          ${actions && html`<div class="card-actions">${actions}</div>`}
        </header>
      `}
      <div class="card-body">${children}</div>
    </section>
  `;
}

/**
 * Columns of equal width, fewer where there is less room.
 * @param {{columns?: 1|2|3|4|5|6|"sidebar", children?: any}} props  `sidebar`: a wide column and a narrow one
 */
export function Grid({ columns = 2, class: more, children }) {
  return html`<div class=${classes("grid", `grid-${columns}`, more)}>${children}</div>`;
}

/** One below the other. */
export function Stack({ gap = 4, class: more, children }) {
  return html`<div class=${classes("stack", `gap-${gap}`, more)}>${children}</div>`;
}

/**
 * One beside the other.
 * @param {{justify?: "start"|"between"|"end", wrap?: boolean, gap?: number, children?: any}} props
 */
export function Row({ justify = "start", wrap = true, gap = 2, class: more, children }) {
  return html`<div class=${classes("row", `justify-${justify}`, wrap && "wrap", `gap-${gap}`, more)}>${children}</div>`;
}
