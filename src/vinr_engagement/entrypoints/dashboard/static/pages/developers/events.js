// The log of what the world was told.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Card, Empty, ListTable, Page, Time } from "../../ui/index.js";
import { Sentence } from "../overview/feed.js";
import { nameOf } from "../overview/names.js";
import { TYPE_OPTIONS } from "./event_types.js";
import { Filters } from "./filters.js";

const FIELDS = [
  { name: "type", label: "Type", options: [["", "All types"], ...TYPE_OPTIONS] },
  { name: "account", label: "Member, campaign or endpoint", placeholder: "loy_… or camp_…" },
];

/** With its member expanded, an event says what they are called. */
function Told({ row }) {
  const isExpanded = typeof row.account === "object";
  const event = isExpanded ? { ...row, account: row.account.id } : row;
  return html`<${Sentence} event=${event} name=${isExpanded ? nameOf(row.account) : undefined} quiet />`;
}

const COLUMNS = [
  { key: "type", label: "Type", render: (row) => html`<code>${row.type}</code>` },
  { key: "what", label: "What happened", priority: 2, render: (row) => html`<${Told} row=${row} />` },
  { key: "created_at", label: "Recorded", align: "end", render: (row) => html`<${Time} value=${row.created_at} relative />` },
];

export default function Events() {
  const [params, set] = useQueryParams();
  const { type, account } = params;
  const list = useList("/events", { type, account, "expand[]": "account.customer" }, { refreshOn: [""] });
  const empty = html`<${Empty} icon="events" title="No events">Every change of a member, their points or a campaign is told here.</${Empty}>`;
  return html`
    <${Page} title="Events" subtitle="What the engine tells: the log that webhooks and streams deliver">
      <${Filters} label="Filter events" params=${params} set=${set} fields=${FIELDS} />
      <${Card} flush>
        <${ListTable} list=${list} columns=${COLUMNS} rowHref=${({ id }) => `events/${id}`} caption="Events" empty=${empty} />
      </${Card}>
    </${Page}>
  `;
}
