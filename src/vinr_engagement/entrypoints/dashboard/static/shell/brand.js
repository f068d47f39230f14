import { html } from "../lib/preact.js";

/** The product's sign. */
export function Sign() {
  return html`
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#4f46e5" />
      <path d="M9 9.5 16 23 23 9.5" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  `;
}
