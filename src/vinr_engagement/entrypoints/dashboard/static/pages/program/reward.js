// One reward, or a new one: what it gives, for how many points, to whom; and who redeemed it.

import { api } from "../../lib/api.js";
import { number, points } from "../../lib/format.js";
import { html, useMemo } from "../../lib/preact.js";
import { invalidate, useAction, useList, useQuery } from "../../lib/query.js";
import { navigate, useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Card, ErrorNotice, Grid, Id, ListTable, Page, Row, Skeleton, Stat, Status, Tabs, Time, toast } from "../../ui/index.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { memberLabel } from "./members_found.js";
import { useWords } from "./names.js";
import { AsJson, Editing, SentenceCard, Split } from "./pieces.js";
import { creation, draftOf, newReward, update } from "./reward_draft.js";
import { RewardFields } from "./reward_form.js";
import { RewardState } from "./rewards.js";
import { rewardSentence } from "./sentence.js";

const PATH = "/loyalty/rewards";
const SCOPE = "rewards:write";
const BACK = { to: "rewards", label: "Rewards" };

/** The pages `rewards/new` and `rewards/:reward`. */
export default function Reward({ params }) {
  const id = params.reward === "new" ? null : params.reward ?? null;
  const { program } = useProgram();
  const found = useQuery(id ? `${PATH}/${id}` : null, {}, { refreshOn: ["loyalty.reward", "redemption"] });
  if (found.error) return html`<${Page} title="Reward" back=${BACK}><${ErrorNotice} error=${found.error} retry=${found.reload} /><//>`;
  if (!program || (id && !found.data)) return html`<${Page} title="Reward" back=${BACK}><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${id ?? "new"} program=${program} reward=${id ? found.data : null} />`;
}

function Editor({ program, reward }) {
  const words = useWords(program);
  const [{ tab = "reward" }, setQuery] = useQueryParams();
  const initial = useMemo(() => (reward ? draftOf(reward) : newReward(program.default_currency)), [reward?.id, reward?.updated_at]);
  const form = useDraft(initial, `${reward?.id ?? "new"} ${reward?.updated_at ?? ""}`);
  const tabs = [
    { key: "reward", label: "Reward" },
    { key: "redemptions", label: "Redemptions" },
    { key: "history", label: "History" },
  ];
  const views = {
    redemptions: () => html`<${Redemptions} reward=${reward} />`,
    history: () => html`<${History} resource=${reward.id} words=${words} say=${(state) => rewardSentence(state, words)} />`,
  };
  return html`
    <${Page} title=${reward ? reward.name : "New reward"} back=${BACK} actions=${reward && html`<${Switching} reward=${reward} />`}
      subtitle=${reward && html`<${Row}><${RewardState} reward=${reward} /><${Id} value=${reward.id} /><//>`}>
      ${reward && html`<${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key === "reward" ? null : key })} />`}
      ${reward && views[tab] ? views[tab]() : html`<${Body} form=${form} program=${program} reward=${reward} words=${words} />`}
    <//>
  `;
}

function Body({ form, program, reward, words }) {
  const body = reward ? update(form.draft, reward) : creation(form.draft, program.id);
  const action = useAction(() => (reward ? saved(reward, body) : made(body)));
  const aside = html`
    <${SentenceCard} text=${rewardSentence(form.draft, words)} />
    ${reward && html`<${Stock} reward=${reward} />`}
    <${AsJson} method=${reward ? "PATCH" : "POST"} path=${reward ? `${PATH}/${reward.id}` : PATH} body=${body} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form} isNew=${!reward} label=${reward ? "Save changes" : "Create reward"}
        says=${rewardSentence(form.draft, words)}>
        <${RewardFields} form=${form} words=${words} />
      <//>
    <//>
  `;
}

async function made(body) {
  const reward = await api.post(PATH, body);
  invalidate(PATH);
  toast(`“${reward.name}” is in the catalogue.`);
  navigate(`rewards/${reward.id}`);
}

async function saved(reward, body) {
  await api.patch(`${PATH}/${reward.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  toast("Saved. What was redeemed keeps what it was.");
}

function Stock({ reward }) {
  const taken = reward.inventory === null ? null : reward.inventory - reward.remaining;
  return html`
    <${Card} title="Stock">
      <${Grid} columns=${2}>
        <${Stat} label="Left" value=${reward.inventory === null ? "Any number" : number(reward.remaining)} />
        <${Stat} label="Taken" value=${taken === null ? "–" : number(taken)} hint=${taken === null ? "Counted only where there is a stock." : undefined} />
      <//>
    <//>
  `;
}

function Redemptions({ reward }) {
  const list = useList("/loyalty/redemptions", { reward: reward.id, "expand[]": "account.customer" }, { refreshOn: ["redemption", "loyalty.reward"] });
  const columns = [
    { key: "account", label: "Member", render: (row) => memberLabel(row.account) },
    { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
    { key: "points", label: "Points", align: "end", render: (row) => points(row.points) },
    { key: "quantity", label: "Quantity", align: "end", priority: 3, render: (row) => number(row.quantity) },
    { key: "created_at", label: "Redeemed", priority: 2, render: (row) => html`<${Time} value=${row.created_at} />` },
  ];
  return html`
    <${Card} title="Redemptions" subtitle="Newest first." flush>
      <${ListTable} list=${list} caption="Redemptions of the reward" columns=${columns}
        rowHref=${(row) => `members/${row.account.id}`} empty="Nobody has redeemed it yet." />
    <//>
  `;
}

function Switching({ reward }) {
  const { can } = useSession();
  const { run, busy } = useAction(() => saved(reward, { active: !reward.active }));
  if (!can(SCOPE)) return null;
  return html`<${Button} busy=${busy} icon=${reward.active ? "pause" : "play"}
    onClick=${() => run()}>${reward.active ? "Take out of the catalogue" : "Put into the catalogue"}<//>`;
}
