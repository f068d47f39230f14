// One segment, or a new one: its conditions, how many members meet them, who they are.

import { api } from "../../lib/api.js";
import { number, percent, points } from "../../lib/format.js";
import { html, useMemo, useState } from "../../lib/preact.js";
import { invalidate, useAction, useList, useQuery } from "../../lib/query.js";
import { navigate, useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Confirm, ErrorNotice, Field, Id, ListTable, Notice, Page, Skeleton, Stack } from "../../ui/index.js";
import { Tabs, TextInput, Time, toast } from "../../ui/index.js";
import { ConditionsInput } from "./conditions.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { memberLabel } from "./members_found.js";
import { useWords } from "./names.js";
import { changes } from "./paths.js";
import { AsJson, Editing, MetadataSection, SentenceCard, Split } from "./pieces.js";
import { segmentSentence } from "./sentence.js";
import { tierName } from "./words.js";

const PATH = "/loyalty/segments";
const SCOPE = "segments:write";
const BACK = { to: "segments", label: "Segments" };
const NEW = { name: "", match: "all", conditions: [{ fact: "spend_90d", op: "gte", value: 10000 }], metadata: {} };

/** The pages `segments/new` and `segments/:segment`. */
export default function Segment({ params }) {
  const id = params.segment === "new" ? null : params.segment ?? null;
  const { program } = useProgram();
  const [isGone, setGone] = useState(false);
  const found = useQuery(id && !isGone ? `${PATH}/${id}` : null);
  if (found.error) return html`<${Page} title="Segment" back=${BACK}><${ErrorNotice} error=${found.error} retry=${found.reload} /><//>`;
  if (!program || isGone || (id && !found.data)) return html`<${Page} title="Segment" back=${BACK}><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${id ?? "new"} program=${program} segment=${id ? found.data : null} onGone=${() => setGone(true)} />`;
}

function draftOf({ name, match, conditions, metadata }) {
  return { name, match, conditions, metadata };
}

function Editor({ program, segment, onGone }) {
  const words = useWords(program);
  const [{ tab = "segment" }, setQuery] = useQueryParams();
  const initial = useMemo(() => (segment ? draftOf(segment) : NEW), [segment]);
  const form = useDraft(initial, `${segment?.id ?? "new"} ${segment?.updated_at ?? ""}`);
  const tabs = [
    { key: "segment", label: "Segment" },
    { key: "members", label: "Members" },
    { key: "history", label: "History" },
  ];
  const views = {
    members: () => html`<${Members} segment=${segment} words=${words} />`,
    history: () => html`<${History} resource=${segment.id} words=${words} say=${(state) => segmentSentence(state, words)} />`,
  };
  return html`
    <${Page} title=${segment ? segment.name : "New segment"} back=${BACK} subtitle=${segment && html`<${Id} value=${segment.id} />`}
      actions=${segment && html`<${Delete} segment=${segment} onGone=${onGone} />`}>
      ${segment && html`<${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key === "segment" ? null : key })} />`}
      ${segment && views[tab] ? views[tab]() : html`<${Body} form=${form} program=${program} segment=${segment} words=${words} />`}
    <//>
  `;
}

function Body({ form, program, segment, words }) {
  const { draft, field, merge } = form;
  const body = segment ? changes(draft, draftOf(segment)) : { program: program.id, ...draft };
  const action = useAction(() => (segment ? saved(segment, body) : made(body)));
  const aside = html`
    <${SentenceCard} text=${segmentSentence(draft, words)} />
    ${segment && html`<${Count} segment=${segment} isChanged=${form.isChanged} />`}
    ${!segment && html`
      <${Notice} tone="neutral" title="How many are they?">Create the segment to have its members counted. Nothing uses it until you say so.<//>
    `}
    <${AsJson} method=${segment ? "PATCH" : "POST"} path=${segment ? `${PATH}/${segment.id}` : PATH} body=${body} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form} isNew=${!segment} label=${segment ? "Save and count" : "Create and count"}
        says=${segmentSentence(draft, words)}>
        <${Card} title="Who is in it">
          <${Stack}>
            <${Field} name="name" label="Name"><${TextInput} ...${field("name")} placeholder="Big spenders" /><//>
            <${ConditionsInput} name="" about="member" value=${{ match: draft.match, conditions: draft.conditions }} words=${words}
              onChange=${({ match, conditions }) => merge({ match, conditions })} emptyText="No conditions: every member is in it." />
          <//>
        <//>
        <${MetadataSection} field=${field} />
      <//>
    <//>
  `;
}

async function made(body) {
  const segment = await api.post(PATH, body);
  invalidate(PATH);
  toast(`“${segment.name}” is there.`);
  navigate(`segments/${segment.id}`);
}

async function saved(segment, body) {
  await api.patch(`${PATH}/${segment.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  toast("Saved. What names the segment goes by it from the next event on.");
}

function Count({ segment, isChanged }) {
  const { data, error, loading, refreshing, reload } = useQuery(`${PATH}/${segment.id}/count`);
  const again = html`<${Button} size="small" icon="refresh" busy=${refreshing} onClick=${() => reload()}>Count again<//>`;
  return html`
    <${Card} title="Members now" actions=${again}>
      ${error && html`<${ErrorNotice} error=${error} retry=${reload} />`}
      ${loading && html`<${Skeleton} lines=${2} />`}
      ${data && html`
        <p class="program-count" aria-live="polite" data-count>${number(data.count)}</p>
        <p class="program-quiet">${share(data)} of ${number(data.members_looked_at)} active members, as of <${Time} value=${data.as_of} />.</p>
        ${isChanged && html`<p class="program-quiet">Save to count by the new conditions.</p>`}
      `}
    <//>
  `;
}

function share({ count, members_looked_at: all }) {
  return all > 0 ? percent(count / all) : percent(0);
}

function Members({ segment, words }) {
  const list = useList(`${PATH}/${segment.id}/members`, { "expand[]": "customer" });
  const columns = [
    { key: "member", label: "Member", render: (account) => memberLabel(account) },
    { key: "tier", label: "Tier", render: ({ tier }) => (tier ? tierName(tier, words) : "–"), priority: 2 },
    { key: "balance", label: "Balance", align: "end", render: (account) => points(account.balance) },
    { key: "enrolled_at", label: "Joined", priority: 3, render: (account) => html`<${Time} value=${account.enrolled_at} />` },
  ];
  const empty = list.hasMore ? "None among the first members looked at; go on with “Show more”." : "Nobody is in it now.";
  return html`
    <${Card} title="Members now" subtitle="Active members, newest first, as they are now." flush>
      <${ListTable} list=${list} caption="Members of the segment" columns=${columns} rowHref=${(account) => `members/${account.id}`} empty=${empty} />
    <//>
  `;
}

function Delete({ segment, onGone }) {
  const { can } = useSession();
  const [isAsking, ask] = useState(false);
  if (!can(SCOPE)) return null;
  const remove = async () => {
    await api.delete(`${PATH}/${segment.id}`);
    toast("The segment is deleted.");
    onGone();
    navigate("segments");
  };
  return html`
    <${Button} icon="trash" onClick=${() => ask(true)}>Delete<//>
    ${isAsking && html`
      <${Confirm} title=${`Delete “${segment.name}”?`} confirm="Delete the segment" danger onConfirm=${remove} onClose=${() => ask(false)}>
        <p>Members stay as they are. While a rule, a campaign or a reward names the segment, it cannot be deleted.</p>
      <//>
    `}
  `;
}
