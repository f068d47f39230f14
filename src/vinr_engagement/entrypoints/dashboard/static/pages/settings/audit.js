// Who changed which configuration when: before and after, field by field.

import { html, useMemo, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Button, DefinitionList, Dialog, Empty, Id, ListTable, Page, Select, TextInput, Time } from "../../ui/index.js";
import { inWords, subjectPage } from "./audit_words.js";
import { changesOf, Changes } from "./changes.js";
import { useActors } from "./actors.js";

const ACTIONS = [
  "program.created",
  "program.updated",
  "earning_rule.created",
  "earning_rule.updated",
  "reward.created",
  "reward.updated",
  "campaign.created",
  "campaign.updated",
  "segment.created",
  "segment.updated",
  "segment.deleted",
  "api_key.created",
  "api_key.revoked",
  "webhook_endpoint.created",
  "webhook_endpoint.updated",
  "webhook_endpoint.disabled",
  "webhook_endpoint.secret_rotated",
  "webhook_endpoint.deleted",
  "connector.updated",
  "clock.set",
];

const PERIODS = [
  ["", "Any time"],
  ["1", "Last day"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
];
const DAY = 86_400_000;

/** @param {string | undefined} days @returns {string | undefined} the moment so many days ago */
function sinceOf(days) {
  return days ? new Date(Math.floor((Date.now() - Number(days) * DAY) / 60_000) * 60_000).toISOString() : undefined;
}

function Filters({ params, set, actors }) {
  const filter = (name, label, more) => ({ name, label, "aria-label": label, value: params[name] ?? "", onChange: (value) => set({ [name]: value.trim() }), ...more });
  const people = [["", "Anybody"], ...[...actors].map(([id, name]) => [id, name])];
  const actions = [["", "All changes"], ...ACTIONS.map((action) => [action, inWords(action)])];
  return html`
    <div class="dev-filters" role="search" aria-label="Filter the audit log">
      <${Select} ...${filter("actor", "Who", { options: people })} />
      <${Select} ...${filter("action", "What", { options: actions })} />
      <${TextInput} ...${filter("resource", "Of which object", { placeholder: "rule_…, prog_…" })} />
      <${Select} ...${filter("days", "When", { options: PERIODS })} />
    </div>
  `;
}

function summaryOf(entry) {
  const changes = changesOf(entry.before, entry.after);
  if (entry.before === null) return "New";
  if (entry.after === null) return "Removed";
  const names = changes.map(({ field }) => field);
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ") || "–";
}

function columns(actors, open) {
  return [
    { key: "who", label: "Who", render: (row) => actors.get(row.actor) ?? html`<code>${row.actor}</code>` },
    {
      key: "action",
      label: "What",
      render: (row) => html`<button type="button" class="link-button" onClick=${() => open(row)}>${inWords(row.action)}</button>`,
    },
    { key: "resource", label: "Of", priority: 2, render: (row) => html`<${Id} value=${row.resource} to=${subjectPage(row.resource)} />` },
    { key: "changes", label: "Fields", priority: 3, render: summaryOf },
    { key: "created_at", label: "When", align: "end", priority: 2, render: (row) => html`<${Time} value=${row.created_at} />` },
  ];
}

function Entry({ entry, actors, onClose }) {
  const close = html`<${Button} onClick=${onClose}>Close<//>`;
  return html`
    <${Dialog} title=${inWords(entry.action)} onClose=${onClose} wide footer=${close}>
      <${DefinitionList}
        items=${[
          ["Who", actors.get(entry.actor) ?? entry.actor],
          ["Of", html`<${Id} value=${entry.resource} to=${subjectPage(entry.resource)} />`],
          ["When", html`<${Time} value=${entry.created_at} />`],
          ["Request", entry.request_id ? html`<code>${entry.request_id}</code>` : "None: by the clock or the command line"],
        ]}
      />
      <${Changes} before=${entry.before} after=${entry.after} />
    <//>
  `;
}

export default function Audit() {
  const [params, set] = useQueryParams();
  const [opened, open] = useState(null);
  const actors = useActors();
  const since = useMemo(() => sinceOf(params.days), [params.days]);
  const list = useList("/audit-log", { actor: params.actor, action: params.action, resource: params.resource, "created_at[gte]": since });
  const empty = html`<${Empty} title="No changes">Every change of a program, a rule, a reward, a key or a person is kept here.<//>`;
  return html`
    <${Page} title="Audit log" subtitle="Who changed what, when: before and after">
      <${Filters} params=${params} set=${set} actors=${actors} />
      <${ListTable} list=${list} columns=${columns(actors, open)} caption="Audit log" empty=${empty} />
      ${opened && html`<${Entry} entry=${opened} actors=${actors} onClose=${() => open(null)} />`}
    <//>
  `;
}
