// Who changed what when: the audit log of one thing, each entry field by field in plain words.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { Button, Card, Empty, ErrorNotice, Skeleton, Time } from "../../ui/index.js";
import { differences } from "./differences.js";
import { Sentence } from "./pieces.js";

/**
 * The history of one thing, newest first.
 * @param {{resource: string, words: object, say?: (state: object) => string}} props  say: what it did then, in a sentence
 */
export function History({ resource, words, say }) {
  const list = useList("/audit-log", { resource });
  return html`
    <${Card} title="Who changed what" subtitle="Every change with its person or key, newest first.">
      ${list.loading && html`<${Skeleton} lines=${6} />`}
      ${list.error && html`<${ErrorNotice} error=${list.error} retry=${list.reload} />`}
      ${!list.loading && !list.error && list.items.length === 0 && html`
        <${Empty} title="No changes are recorded">It is as it came with the installation.<//>
      `}
      <ol class="program-history">
        ${list.items.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} words=${words} say=${say} />`)}
      </ol>
      ${list.hasMore && html`<${Button} size="small" busy=${list.busy} onClick=${list.more}>Show more<//>`}
    <//>
  `;
}

function Entry({ entry, words, say }) {
  const version = entry.after?.version;
  return html`
    <li>
      <p class="program-history-head">
        ${version && html`<span class="program-version">Version ${version}</span>`}
        <span><strong>${verbOf(entry)}</strong> by <${Actor} entry=${entry} /></span>
        <span class="program-quiet"><${Time} value=${entry.created_at} /></span>
      </p>
      ${say && entry.after && html`<${Sentence} text=${say(entry.after)} />`}
      ${entry.before && entry.after && html`<${Changes} entry=${entry} words=${words} />`}
    </li>
  `;
}

function verbOf({ action }) {
  const verb = action.split(".").at(-1);
  return { created: "Created", updated: "Changed", deleted: "Deleted" }[verb] ?? verb;
}

function Actor({ entry }) {
  const { name, email, type } = entry.actor_details ?? {};
  return html`<span title=${email ?? entry.actor}>${name ?? email ?? (type === "engine" ? "the engine" : entry.actor)}</span>`;
}

function Changes({ entry, words }) {
  const told = differences(entry.before, entry.after, words);
  if (told.length === 0) return html`<p class="program-quiet">Saved without a change.</p>`;
  return html`
    <dl class="program-changes">
      ${told.map(
        ({ label, before, after }) => html`
          <div key=${label}>
            <dt>${label}</dt>
            <dd>
              ${before !== null && html`<del>${before}</del>`}
              ${before !== null && after !== null && html`<span class="program-arrow" aria-label="became">→</span>`}
              ${after !== null && html`<ins>${after}</ins>`}
            </dd>
          </div>
        `,
      )}
    </dl>
  `;
}
