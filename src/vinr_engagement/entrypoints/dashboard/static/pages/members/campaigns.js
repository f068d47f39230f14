// What running campaigns brought to a member, and how far they came in challenges.

import { html } from "../../lib/preact.js";
import { useList, useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { money, plural, points } from "../../lib/format.js";
import { Badge, Card, Empty, ErrorNotice, Progress, Skeleton, Stack } from "../../ui/index.js";
import { More } from "./activity.js";
import { countOf } from "./words.js";

/** @param {{account: object, program: object}} props */
export function MemberCampaigns({ account, program }) {
  const list = useList("/loyalty/campaigns", { program: program.id, status: "active", limit: 10 });
  if (list.error && list.items.length === 0) return html`<${ErrorNotice} error=${list.error} retry=${list.reload} />`;
  if (list.loading) return html`<${Skeleton} lines=${4} />`;
  if (list.items.length === 0) {
    return html`<${Card}><${Empty} title="No campaign runs now">
      What one brings to this member appears here while it runs. What earlier ones gave stands in the activity.
    </${Empty}></${Card}>`;
  }
  return html`<${Stack}>
    ${list.items.map((campaign) => html`<${Brought} key=${campaign.id} campaign=${campaign} account=${account} program=${program} />`)}
    <${More} list=${list} />
  </${Stack}>`;
}

function Brought({ campaign, account, program }) {
  const progress = useQuery(`/loyalty/campaigns/${campaign.id}/progress`, { account: account.id });
  return html`<${Card} title=${html`<${Link} to=${`campaigns/${campaign.id}`}>${campaign.name}</${Link}>`}>
    ${progress.error && html`<${ErrorNotice} error=${progress.error} retry=${progress.reload} />`}
    ${progress.loading && html`<${Skeleton} lines=${2} />`}
    ${progress.data && html`<p>${givenWords(progress.data)}</p>
      ${progress.data.challenges.map((challenge) => html`<${Challenge} challenge=${challenge} program=${program} />`)}`}
  </${Card}>`;
}

function givenWords({ points: given, times }) {
  if (times === 0) return "It has given this member nothing yet.";
  return `It gave this member ${countOf(given)}, in ${times === 1 ? "one award" : `${points(times)} awards`}.`;
}

function Challenge({ challenge, program }) {
  const { measure, target, progress, remaining, completions, points: given } = challenge;
  const value = (amount) => (measure === "amount" ? money(amount, program.default_currency) : plural(amount, "event", "events"));
  const missing = remaining > 0 ? `${value(remaining)} more to the next target of ${value(target)}` : "nothing is missing";
  const done = completions > 0 ? `Met ${completions === 1 ? "once" : `${points(completions)} times`}, for ${countOf(given)}.` : "";
  return html`<div class="challenge">
    <${Progress} value=${target - Math.min(remaining, target)} max=${target} label=${`Challenge: ${value(progress)} so far`} />
    <p class="muted">${value(progress)} so far; ${missing}. ${completions > 0 && html`<${Badge} tone="green">${done}</${Badge}>`}</p>
  </div>`;
}
