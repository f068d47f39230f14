// The tiers of the program: levels, what reaches them, what they bring, and how many members are in each.

import { api } from "../../lib/api.js";
import { number } from "../../lib/format.js";
import { html, useMemo } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Bar, Button, Card, Empty, ErrorNotice, Notice, Page, Skeleton, Stack, Tabs } from "../../ui/index.js";
import { toast } from "../../ui/index.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { useWords } from "./names.js";
import { same } from "./paths.js";
import { AsJson, Editing, Sentence, Split } from "./pieces.js";
import { TierFields } from "./tier_form.js";
import { placesAnew, tierSentence, tiersSentence } from "./tier_words.js";

const PATH = "/loyalty/programs";
const SCOPE = "programs:write";
const FIRST = [
  { name: "Bronze", rank: 0, threshold: 0, multiplier: "1", benefits: [] },
  { name: "Silver", rank: 1, threshold: 500, multiplier: "1.25", benefits: [] },
  { name: "Gold", rank: 2, threshold: 2000, multiplier: "1.5", benefits: [] },
];

/** The page `tiers`. */
export default function Tiers() {
  const { program, error } = useProgram();
  if (error) return html`<${Page} title="Tiers"><${ErrorNotice} error=${error} /><//>`;
  if (!program) return html`<${Page} title="Tiers"><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${program.id} program=${program} />`;
}

function draftOf({ tier_config: config }) {
  return { tier_config: { ...config, tiers: [...config.tiers].sort((one, other) => one.rank - other.rank) } };
}

function Editor({ program }) {
  const words = useWords(program);
  const [{ tab = "tiers" }, setQuery] = useQueryParams();
  const initial = useMemo(() => draftOf(program), [program]);
  const form = useDraft(initial, `${program.id} ${program.updated_at}`);
  const tabs = [
    { key: "tiers", label: "Tiers" },
    { key: "history", label: "History" },
  ];
  return html`
    <${Page} title="Tiers" subtitle="Levels that members climb by what they earn or spend.">
      <${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key === "tiers" ? null : key })} />
      ${tab === "history" ? html`<${History} resource=${program.id} words=${words} />` : html`<${Body} form=${form} program=${program} words=${words} />`}
    <//>
  `;
}

function Body({ form, program, words }) {
  const { can } = useSession();
  const { draft, set } = form;
  const members = useMembers(program);
  const body = { tier_config: sent(draft.tier_config, program.tier_config) };
  const action = useAction(() => saved(program, body));
  if (draft.tier_config.tiers.length === 0) return html`<${None} can=${can(SCOPE)} onStart=${() => set("tier_config.tiers", FIRST)} />`;
  const aside = html`
    <${Told} config=${draft.tier_config} words=${words} />
    <${Members} tiers=${members} />
    <${AsJson} method="PATCH" path=${`${PATH}/${program.id}`} body=${form.isChanged ? body : {}} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form} label="Save tiers">
        <${TierFields} form=${form} words=${words} members=${members} />
        ${form.isChanged && html`<${Warning} draft=${draft.tier_config} held=${program.tier_config} members=${members} />`}
      <//>
    <//>
  `;
}

/** What differs of the levels, as a PATCH merges them. */
function sent(config, held) {
  return Object.fromEntries(Object.entries(config).filter(([name, value]) => !same(value, draftOf({ tier_config: held }).tier_config[name])));
}

async function saved(program, body) {
  await api.patch(`${PATH}/${program.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  invalidate("/loyalty/analytics");
  toast("Saved. Members move when they are next looked at.");
}

function useMembers(program) {
  const { data } = useQuery("/loyalty/analytics/summary", { program: program.id }, { refreshOn: ["loyalty.tier"] });
  return data?.tiers ?? null;
}

function None({ can, onStart }) {
  const action = can && html`<${Button} kind="primary" icon="plus" onClick=${onStart}>Begin with three tiers<//>`;
  return html`<${Card}><${Empty} icon="tiers" title="No tiers" action=${action}>Bronze, silver, gold: whoever earns or spends more, gets more.<//><//>`;
}

function Told({ config, words }) {
  return html`
    <${Card} title="In plain words">
      <${Stack} gap=${2}>
        <${Sentence} text=${tiersSentence(config, words)} live />
        ${config.tiers.map((tier, place) => html`<${Sentence} key=${place} text=${tierSentence(tier, config, words)} />`)}
      <//>
    <//>
  `;
}

function Members({ tiers }) {
  if (!tiers || tiers.length === 0) return null;
  return html`
    <${Card} title="Members now">
      <${Bar} label="Members in each tier" parts=${tiers.map(({ name, tier, members }) => ({ label: name ?? tier ?? "No tier", value: members }))} />
    <//>
  `;
}

const NOBODY_MOVES = "Names, benefits and factors change without moving anybody. A factor counts from the next event on.";

function Warning({ draft, held, members }) {
  const removed = held.tiers.filter((tier) => tier.key && !draft.tiers.some(({ key }) => key === tier.key));
  const moved = removed.reduce((sum, tier) => sum + (members?.find((entry) => entry.tier === tier.key)?.members ?? 0), 0);
  if (!placesAnew(draft, held)) return html`<${Notice} tone="neutral" title="Nobody moves">${NOBODY_MOVES}<//>`;
  return html`
    <${Notice} tone="amber" title="Every member is placed anew">
      Up or down, as soon as each is next looked at, at the latest by the hourly sweep. It is no fall, and has no grace.
      ${removed.length > 0 && ` ${removed.map(({ name }) => name).join(", ")} will be gone${moved ? `, with ${number(moved)} members now` : ""}.`}
      ${" "}Rules, rewards and campaigns that name a tier go by its key.
    <//>
  `;
}
