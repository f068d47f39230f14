// What changed between two states of something, field by field.

import { html } from "../../lib/preact.js";

const SELF = new Set(["updated_at"]);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * The fields that differ; what is nested comes as `currency.rounding`.
 *
 * @param {unknown} before @param {unknown} after either may be null
 * @returns {{field: string, before: unknown, after: unknown}[]}
 */
export function changesOf(before, after, path = "") {
  if (isObject(before) || isObject(after)) {
    const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    const told = [...names].filter((name) => path || !SELF.has(name));
    return told.flatMap((name) => changesOf(before?.[name], after?.[name], path ? `${path}.${name}` : name));
  }
  return same(before ?? null, after ?? null) ? [] : [{ field: path || "value", before, after }];
}

function text(value) {
  if (value === undefined || value === null) return html`<span class="muted">none</span>`;
  if (typeof value === "string") return value;
  return html`<code>${JSON.stringify(value, null, Array.isArray(value) ? 1 : 0)}</code>`;
}

/** @param {{before: unknown, after: unknown}} props */
export function Changes({ before, after }) {
  const changes = changesOf(before, after);
  if (changes.length === 0) return html`<p class="muted">No field differs.</p>`;
  return html`
    <div class="settings-changes" role="region" aria-label="What changed" tabindex="0">
      <table>
        <caption class="visually-hidden">What changed</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          ${changes.map(
            (change) => html`
              <tr key=${change.field}>
                <th scope="row"><code>${change.field}</code></th>
                <td class="settings-before">${text(change.before)}</td>
                <td class="settings-after">${text(change.after)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
