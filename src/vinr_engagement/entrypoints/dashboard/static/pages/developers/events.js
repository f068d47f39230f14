// The log of what the world was told.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { Empty, ListTable, Page, Select, TextInput, Time } from "../../ui/index.js";
import { Sentence } from "../overview/feed.js";
import { useNames } from "../overview/names.js";
import { TYPE_OPTIONS } from "./event_types.js";

function Filters({ params, set }) {
  return html`
    <div class="dev-filters" role="search" aria-label="Filter events">
      <${Select}
        name="type"
        aria-label="Type"
        label="Type"
        value=${params.type ?? ""}
        options=${[["", "All types"], ...TYPE_OPTIONS]}
        onChange=${(value) => set({ type: value })}
      />
      <${TextInput}
        name="account"
        aria-label="Member, campaign or endpoint"
        placeholder="loy_… or camp_…"
        value=${params.account ?? ""}
        onChange=${(value) => set({ account: value.trim() })}
      />
    </div>
  `;
}

const columns = (names) => [
  { key: "what", label: "What happened", render: (row) => html`<${Sentence} event=${row} name=${names.get(row.account)} />` },
  { key: "type", label: "Type", priority: 2, render: (row) => html`<code>${row.type}</code>` },
  { key: "created_at", label: "Recorded", align: "end", priority: 3, render: (row) => html`<${Time} value=${row.created_at} />` },
];

/** @param {string | undefined} typed @returns {string | undefined} it, once it looks like an id */
const asId = (typed) => (/^[a-z]+_[0-9a-z]{6,}$/.test(typed ?? "") ? typed : undefined);

export default function Events() {
  const [params, set] = useQueryParams();
  const list = useList("/events", { type: params.type, account: asId(params.account) }, { refreshOn: [""] });
  const names = useNames((list.items ?? []).map((event) => event.account));
  const empty = html`<${Empty} title="No events">Every change of a member, their points or a campaign is told here.<//>`;
  return html`
    <${Page} title="Events" subtitle="What the engine tells: the log that webhooks and streams deliver">
      <${Filters} params=${params} set=${set} />
      <${ListTable} list=${list} columns=${columns(names)} rowHref=${(row) => `events/${row.id}`} caption="Events" empty=${empty} />
    <//>
  `;
}
