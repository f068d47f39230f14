// Who changed which configuration when: before and after, field by field; and what people did to members.

import { inWords } from "../../lib/format.js";
import { html, useMemo, useState } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Button, Card, DefinitionList, Dialog, Empty, Id, ListTable, Page, Time } from "../../ui/index.js";
import { Filters } from "../developers/filters.js";
import { useActors, whoOf } from "./actors.js";
import { Changes, changesOf } from "./changes.js";
import { ACTIONS, subjectPage } from "./subjects.js";

const PERIODS = [
  ["", "Any time"],
  ["1", "Last day"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
];
const DAY = 86_400_000;
const MOST_NAMED = 3;

/** @param {string|undefined} days @returns {string|undefined} the moment so many days ago */
const sinceOf = (days) => (days ? new Date(Date.now() - Number(days) * DAY).toISOString() : undefined);

const fieldsOf = (actors) => [
  { name: "actor", label: "Who", options: [["", "Anybody"], ...actors] },
  { name: "action", label: "What", options: [["", "All changes"], ...ACTIONS.map((action) => [action, inWords(action)])] },
  { name: "resource", label: "Of which object", placeholder: "rule_…, prog_…" },
  { name: "days", label: "When", options: PERIODS },
];

function summaryOf({ before, after }) {
  if (after?.object === "change") return "";
  if (before === null) return "New";
  if (after === null) return "Removed";
  const names = changesOf(before, after).map(({ field }) => field);
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown || "–";
}

const columns = (open) => [
  {
    key: "action",
    label: "What",
    render: (row) => html`<button type="button" class="dev-open" onClick=${() => open(row)}>${inWords(row.action)}</button>`,
  },
  { key: "who", label: "Who", render: whoOf },
  { key: "resource", label: "Of", priority: 3, render: (row) => html`<${Id} value=${row.resource} to=${subjectPage(row.resource)} short />` },
  { key: "changes", label: "Fields", priority: 3, render: summaryOf },
  { key: "created_at", label: "When", align: "end", render: (row) => html`<${Time} value=${row.created_at} relative />` },
];

function Entry({ entry, onClose }) {
  const { resource, request_id: request } = entry;
  const items = [
    ["Who", whoOf(entry)],
    ["Of", html`<${Id} value=${resource} to=${subjectPage(resource)} />`],
    ["When", html`<${Time} value=${entry.created_at} />`],
    ["Request", request ? html`<code>${request}</code>` : "None: by the clock or the command line"],
  ];
  const told = entry.after?.object === "change" ? entry.after : null;
  if (told) items.push(["Event", html`<${Id} value=${told.event} to=${`events/${told.event}`} />`]);
  return html`
    <${Dialog} title=${inWords(entry.action)} onClose=${onClose} wide footer=${html`<${Button} onClick=${onClose}>Close</${Button}>`}>
      <div class="stack gap-5">
        <${DefinitionList} items=${items} />
        ${!told && html`<${Changes} before=${entry.before} after=${entry.after} />`}
      </div>
    </${Dialog}>
  `;
}

export default function Audit() {
  const [params, set] = useQueryParams();
  const [opened, open] = useState(null);
  const actors = useActors();
  const since = useMemo(() => sinceOf(params.days), [params.days]);
  const { actor, action, resource } = params;
  const list = useList("/audit-log", { actor, action, resource, "created_at[gte]": since });
  const empty = html`<${Empty} icon="audit" title="No changes">Each change of a program, a rule, a key or a person is kept here.</${Empty}>`;
  return html`
    <${Page} title="Audit log" subtitle="Who changed what, when: before and after">
      <${Filters} label="Filter the audit log" params=${params} set=${set} fields=${fieldsOf(actors)} />
      <${Card} flush><${ListTable} list=${list} columns=${columns(open)} caption="Audit log" empty=${empty} /></${Card}>
      ${opened && html`<${Entry} entry=${opened} onClose=${() => open(null)} />`}
    </${Page}>
  `;
}
