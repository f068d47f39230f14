// One referral: what was promised, both sides, and how far it came.

import { points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useProgram } from "../../lib/session.js";
import { Card, Copy, DefinitionList, ErrorNotice, Grid, Id, JsonView, Page, Row, Skeleton, Stack, Status, Time } from "../../ui/index.js";
import { useWords } from "./names.js";
import { Section, Sentence } from "./pieces.js";
import { sideLabel } from "./referrals.js";
import { referralSentence } from "./sentence.js";

const BACK = { to: "referrals", label: "Referrals" };
const SIDES = { "expand[]": ["referrer.customer", "referee.customer"] };
const REASONS = {
  referral_code_exhausted: "The code had no conversions left.",
  referral_velocity_exceeded: "The member had brought as many as the program allows.",
  referral_self: "Both sides are the same member.",
  referee_already_referred: "The friend was referred by somebody else before.",
  account_closed: "The member’s account was closed.",
  below_minimum: "Refunds left less than the minimum of the payment.",
  expired: "No payment that qualifies came in time.",
};

/** The page `referrals/:referral`. */
export default function Referral({ params }) {
  const { program } = useProgram();
  const words = useWords(program);
  const { data, error, reload } = useQuery(`/loyalty/referrals/${params.referral}`, SIDES, { refreshOn: ["referral"] });
  if (error) return html`<${Page} title="Referral" back=${BACK}><${ErrorNotice} error=${error} retry=${reload} /><//>`;
  if (!data || !program) return html`<${Page} title="Referral" back=${BACK}><${Skeleton} lines=${8} /><//>`;
  return html`
    <${Page} title=${html`Code <code>${data.code}</code>`} name=${`Code ${data.code}`} back=${BACK}
      subtitle=${html`<${Row}><${Status} value=${data.status} /><${Id} value=${data.id} /><//>`}>
      <${Stack}>
        <${Card} title="What it promises">
          <${Stack} gap=${2}>
            <${Sentence} text=${referralSentence(data, words)} />
            ${data.share_url && html`<p class="program-quiet">${data.share_url} <${Copy} value=${data.share_url} label="Copy the link" /></p>`}
          <//>
        <//>
        <${Grid} columns=${2}>
          <${Side} title="The member" account=${data.referrer} reward=${data.reward.referrer} status=${data.status} empty="" />
          <${Side} title="The friend" account=${data.referee} reward=${data.reward.referee} status=${data.status} empty="Nobody has used the code yet." />
        <//>
        <${Card} title="How far it came"><${Steps} referral=${data} /><//>
        <${Section} title="As JSON" summary="As the API shows it"><${JsonView} value=${data} /><//>
      <//>
    <//>
  `;
}

function Side({ title, account, reward, status, empty }) {
  if (!account) return html`<${Card} title=${title}><p class="program-quiet">${empty}</p><//>`;
  const id = typeof account === "string" ? account : account.id;
  const promised = reward ? `${points(reward.points)} points` : "Nothing";
  const items = [
    ["Member", html`<${Link} to=${`members/${id}`}>${sideLabel(account)}<//>`],
    ["Account", html`<${Id} value=${id} />`],
    [status === "converted" ? "Got" : "Promised", status === "reversed" ? html`<del>${promised}</del>` : promised],
    typeof account === "string" ? null : ["Balance now", `${points(account.balance)} points`],
  ];
  return html`<${Card} title=${title}><${DefinitionList} items=${items} /><//>`;
}

function Steps({ referral }) {
  const items = [
    ["Code made", html`<${Time} value=${referral.created_at} />`],
    ["Code used", html`<${Time} value=${referral.attributed_at} />`],
    ["Window ends", html`<${Time} value=${referral.expires_at} />`],
    ["Converted", html`<${Time} value=${referral.converted_at} />`],
    referral.payment && ["By the payment", html`<${Id} value=${referral.payment} />`],
    referral.ended_at && ["Ended", html`<${Time} value=${referral.ended_at} />`],
    referral.reason && ["Why", REASONS[referral.reason] ?? referral.reason.replaceAll("_", " ")],
  ];
  return html`<${DefinitionList} items=${items} />`;
}
