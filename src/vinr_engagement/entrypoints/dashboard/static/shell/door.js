// A card in the middle of an empty page: what is shown to those who are not in yet.

import { html, useEffect } from "../lib/preact.js";
import { Sign } from "./brand.js";

/** @param {{title?: string, children: any, foot?: any}} props */
export function Door({ title, children, foot }) {
  useEffect(() => {
    document.title = [title, "VINR Engagement"].filter(Boolean).join(" · ");
  }, [title]);
  return html`
    <main class="door">
      <div class="door-card">
        <p class="brand"><${Sign} />VINR Engagement</p>
        ${title && html`<h1>${title}</h1>`}
        ${children}
        ${foot && html`<div class="door-foot">${foot}</div>`}
      </div>
    </main>
  `;
}
