// One campaign, or a new one: from the draft to its results.

import { api } from "../../lib/api.js";
import { html, useMemo } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { navigate, useQueryParams } from "../../lib/router.js";
import { useProgram } from "../../lib/session.js";
import { ErrorNotice, Id, Page, Row, Skeleton, Status, Tabs, toast } from "../../ui/index.js";
import { CampaignActions } from "./campaign_actions.js";
import { creation, draftOf, newCampaign, update } from "./campaign_draft.js";
import { CampaignFields } from "./campaign_form.js";
import { Results } from "./campaign_results.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { useWords } from "./names.js";
import { AsJson, Editing, SentenceCard, Split } from "./pieces.js";
import { campaignSentence } from "./sentence.js";

const PATH = "/loyalty/campaigns";
const SCOPE = "campaigns:write";
const BACK = { to: "campaigns", label: "Campaigns" };

/** The pages `campaigns/new` and `campaigns/:campaign`; `?copy=` begins a new one as another is. */
export default function Campaign({ params }) {
  const id = params.campaign === "new" ? null : params.campaign ?? null;
  const { program } = useProgram();
  const [{ copy }] = useQueryParams();
  const source = id ?? copy;
  const found = useQuery(source ? `${PATH}/${source}` : null, {}, { refreshOn: ["campaign.started", "campaign.ended"] });
  if (found.error) return html`<${Page} title="Campaign" back=${BACK}><${ErrorNotice} error=${found.error} retry=${found.reload} /><//>`;
  if (!program || (source && !found.data)) return html`<${Page} title="Campaign" back=${BACK}><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${id ?? "new"} program=${program} campaign=${id ? found.data : null} copied=${found.data} />`;
}

function initialOf(campaign, copied) {
  if (campaign) return draftOf(campaign);
  return copied ? { ...draftOf(copied), name: `${copied.name} (copy)`, schedule: { starts_at: null, ends_at: null } } : newCampaign();
}

function Editor({ program, campaign, copied }) {
  const words = useWords(program);
  const isDraft = !campaign || campaign.status === "draft";
  const [{ tab = isDraft ? "setup" : "results" }, setQuery] = useQueryParams();
  const initial = useMemo(() => initialOf(campaign, copied), [campaign?.id, campaign?.updated_at, copied?.id]);
  const form = useDraft(initial, `${campaign?.id ?? "new"} ${campaign?.updated_at ?? ""}`);
  const tabs = [
    { key: "results", label: "Results" },
    { key: "setup", label: "Setup" },
    { key: "history", label: "History" },
  ];
  const views = {
    results: () => html`<${Results} campaign=${campaign} words=${words} />`,
    history: () => html`<${History} resource=${campaign.id} words=${words} say=${(state) => campaignSentence(state, words)} />`,
  };
  return html`
    <${Page} title=${campaign ? campaign.name : "New campaign"} back=${BACK}
      actions=${campaign && html`<${CampaignActions} campaign=${campaign} isChanged=${form.isChanged} />`}
      subtitle=${campaign && html`<${Row}><${Status} value=${campaign.status} /><${Id} value=${campaign.id} /><//>`}>
      ${campaign && html`<${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key })} />`}
      ${campaign && views[tab] ? views[tab]() : html`<${Body} form=${form} program=${program} campaign=${campaign} words=${words} />`}
    <//>
  `;
}

function Body({ form, program, campaign, words }) {
  const body = campaign ? update(form.draft, campaign) : creation(form.draft, program.id);
  const action = useAction(() => (campaign ? saved(campaign, body) : made(body)));
  const aside = html`
    <${SentenceCard} text=${campaignSentence(form.draft, words)} />
    <${AsJson} method=${campaign ? "PATCH" : "POST"} path=${campaign ? `${PATH}/${campaign.id}` : PATH} body=${body} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form} isNew=${!campaign} label=${campaign ? "Save changes" : "Create draft"}
        says=${campaignSentence(form.draft, words)}>
        <${CampaignFields} form=${form} words=${words} campaign=${campaign} />
      <//>
    <//>
  `;
}

async function made(body) {
  const campaign = await api.post(PATH, body);
  invalidate(PATH);
  toast(`“${campaign.name}” is a draft. Launch it when it is right.`);
  navigate(`campaigns/${campaign.id}`);
}

async function saved(campaign, body) {
  await api.patch(`${PATH}/${campaign.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  toast("Saved.");
}
