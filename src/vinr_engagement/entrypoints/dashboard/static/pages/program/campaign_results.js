// What a campaign brought, as it stands now: net of what refunds took back, read anew as points move.

import { money, number, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Card, ErrorNotice, Grid, Notice, Progress, Row, Skeleton, Stack, Stat, Time } from "../../ui/index.js";
import { Sentence } from "./pieces.js";
import { campaignSentence } from "./sentence.js";

const REFRESH = { refreshOn: ["loyalty.points", "campaign", "loyalty.reward"] };
const METRICS = { members_reached: "members reached", points_given: "points given", awards: "awards", spend: "spent" };

/** @param {{campaign: object, words: object}} props */
export function Results({ campaign, words }) {
  const { data, error, loading, reload } = useQuery(`/loyalty/campaigns/${campaign.id}/results`, {}, REFRESH);
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (loading || !data) return html`<${Skeleton} lines=${6} />`;
  return html`
    <${Stack}>
      ${campaign.status === "draft" && html`<${Notice} tone="neutral" title="A draft gives nothing">Launch it, and its results stand here.<//>`}
      <${Card} title="What it does"><${Sentence} text=${campaignSentence(campaign, words)} /><//>
      <${Card}>
        <${Grid} columns=${4}>
          <${Stat} label="Members reached" value=${number(data.members_reached)} />
          <${Stat} label="Points given" value=${points(data.points_given)} hint=${worth(data, words)} />
          <${Stat} label="Awards" value=${number(data.awards)} hint="How often it gave something." />
          <${Stat} label="Spend" value=${money(data.spend, words.currency)} hint="Of the payments that it gave for or counted." />
        <//>
      <//>
      <${Grid} columns=${2}>
        <${Goal} goal=${data.goal} words=${words} />
        <${Budget} campaign=${campaign} left=${data.budget_left} />
      <//>
      <p class="program-quiet">Figures are net of refunds, as of <${Time} value=${data.as_of} />. They are read anew as points move.</p>
    <//>
  `;
}

function worth(data, words) {
  return words.pointValue ? `Worth ${money(data.points_given * words.pointValue, words.currency)} when redeemed.` : undefined;
}

function Goal({ goal, words }) {
  if (!goal) return html`<${Card} title="Goal"><p class="program-quiet">None was set.</p><//>`;
  const told = (value) => (goal.metric === "spend" ? money(value, words.currency) : number(value));
  const text = `${told(goal.value)} of ${told(goal.target)} ${METRICS[goal.metric]}`;
  return html`
    <${Card} title=${goal.reached ? "Goal reached" : "Goal"}>
      <${Stack} gap=${2}>
        <${Row} justify="between"><span>${text}</span><strong>${Math.floor((100 * goal.value) / goal.target)}%</strong><//>
        <${Progress} value=${goal.value} max=${goal.target} label="Progress to the goal" text=${text} />
      <//>
    <//>
  `;
}

function Budget({ campaign, left }) {
  if (left === null) return html`<${Card} title="Budget"><p class="program-quiet">No limit was set.</p><//>`;
  const { points: whole } = campaign.budget;
  const text = `${points(whole - left)} of ${points(whole)} points used`;
  return html`
    <${Card} title=${left === 0 ? "Budget spent" : "Budget"}>
      <${Stack} gap=${2}>
        <${Row} justify="between"><span>${text}</span><strong>${points(left)} left</strong><//>
        <${Progress} value=${whole - left} max=${whole} label="Budget used" text=${text} />
      <//>
    <//>
  `;
}
