// Figures, and small pictures of them.

import { percent, points, signed } from "../lib/format.js";
import { html } from "../lib/preact.js";
import { Link } from "../lib/router.js";
import { classes } from "./classes.js";
import { Skeleton } from "./states.js";

/**
 * A figure with what it is, and how it was before.
 * @param {{label: string, value: any, was?: any, change?: number|null, good?: "up"|"down", hint?: string, to?: string,
 *   loading?: boolean}} props
 *   `change`: a share, 0.12 being 12 % more; `good`: which direction is welcome, else it is not coloured; `was`: the former value
 */
export function Stat({ label, value, was, change, good, hint, to, loading }) {
  return html`
    <div class="stat">
      <p class="stat-label">${to ? html`<${Link} to=${to}>${label}</${Link}>` : label}</p>
      ${loading ? html`<${Skeleton} lines=${1} />` : html`<p class="stat-value">${value}</p>`}
      ${!loading && (change !== undefined || was !== undefined) && html`
        <p class="stat-was">
          ${change !== undefined && change !== null && html`<span class=${classes("change", toneOf(change, good))}>${changeText(change)}</span>`}
          ${was !== undefined && html`<span class="muted">${was} before</span>`}
        </p>
      `}
      ${hint && html`<p class="stat-hint">${hint}</p>`}
    </div>
  `;
}

function toneOf(change, good) {
  if (!good || change === 0) return null;
  return change > 0 === (good === "up") ? "better" : "worse";
}

function changeText(change) {
  return `${change > 0 ? "+" : ""}${percent(change)}`;
}

/**
 * Labels and their values.
 * @param {{items: Array<[any, any]|false|null>}} props  false and null are left out
 */
export function DefinitionList({ items }) {
  return html`
    <dl class="definitions">
      ${items.filter(Boolean).map(([label, value], index) => html`<div key=${index}><dt>${label}</dt><dd>${value ?? "–"}</dd></div>`)}
    </dl>
  `;
}

/** @param {{value: number, signed?: boolean}} props  `signed`: with + or −, and coloured */
export function Points({ value, signed: isSigned }) {
  if (!isSigned) return html`<span class="figure">${points(value)}</span>`;
  return html`<span class=${classes("figure", value > 0 && "plus", value < 0 && "less")}>${signed(value)}</span>`;
}

/**
 * A whole, divided.
 * @param {{parts: Array<{label: string, value: number, tone?: string, text?: string}>, label?: string}} props
 */
export function Bar({ parts, label }) {
  const whole = parts.reduce((sum, { value }) => sum + value, 0) || 1;
  return html`
    <figure class="bar" aria-label=${label}>
      <div class="bar-track" aria-hidden="true">
        ${parts.map(({ label: name, value, tone }, index) => html`
          <div key=${name} class=${`tone-${tone ?? index % 6}`} style=${{ width: `${(100 * value) / whole}%` }}></div>
        `)}
      </div>
      <ul class="legend">
        ${parts.map(({ label: name, value, tone, text }, index) => html`
          <li key=${name}><i class=${`dot tone-${tone ?? index % 6}`}></i>${name} <span class="figure">${text ?? points(value)}</span></li>
        `)}
      </ul>
    </figure>
  `;
}

/**
 * How far something has come.
 * @param {{value: number, max: number, label: string, text?: string}} props
 */
export function Progress({ value, max, label, text }) {
  const share = max > 0 ? Math.min(Math.max(value / max, 0), 1) : 0;
  return html`
    <div
      class="progress" role="progressbar" aria-label=${label} aria-valuenow=${Math.min(value, max)} aria-valuemin="0" aria-valuemax=${max}
      aria-valuetext=${text ?? `${points(value)} of ${points(max)}`}
    ><div style=${{ width: `${share * 100}%` }}></div></div>
  `;
}
