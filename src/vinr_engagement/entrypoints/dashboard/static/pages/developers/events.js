// The log of what the world was told.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Card, Empty, ListTable, Page, Time } from "../../ui/index.js";
import { Sentence } from "../overview/feed.js";
import { useNames } from "../overview/names.js";
import { TYPE_OPTIONS } from "./event_types.js";
import { Filters } from "./filters.js";

const FIELDS = [
  { name: "type", label: "Type", options: [["", "All types"], ...TYPE_OPTIONS] },
  { name: "account", label: "Member, campaign or endpoint", placeholder: "loy_… or camp_…" },
];

const columns = (names) => [
  { key: "type", label: "Type", render: (row) => html`<code>${row.type}</code>` },
  { key: "what", label: "What happened", priority: 2, render: (row) => html`<${Sentence} event=${row} name=${names.get(row.account)} quiet />` },
  { key: "created_at", label: "Recorded", align: "end", render: (row) => html`<${Time} value=${row.created_at} relative />` },
];

export default function Events() {
  const [params, set] = useQueryParams();
  const list = useList("/events", { type: params.type, account: params.account }, { refreshOn: [""] });
  const names = useNames(list.items.map((event) => event.account));
  const empty = html`<${Empty} icon="events" title="No events">Every change of a member, their points or a campaign is told here.</${Empty}>`;
  return html`
    <${Page} title="Events" subtitle="What the engine tells: the log that webhooks and streams deliver">
      <${Filters} label="Filter events" params=${params} set=${set} fields=${FIELDS} />
      <${Card} flush>
        <${ListTable} list=${list} columns=${columns(names)} rowHref=${({ id }) => `events/${id}`} caption="Events" empty=${empty} />
      </${Card}>
    </${Page}>
  `;
}
