// Campaigns that run now, and those that are to come.

import { number, percent, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { Card, Empty, Progress, Status, Time } from "../../ui/index.js";

function Results({ campaign }) {
  const { data } = useQuery(`/loyalty/campaigns/${campaign.id}/results`, {}, { refreshOn: ["loyalty.points", "campaign."] });
  if (!data) return null;
  return html`
    <dl class="overview-campaign-results">
      <div><dt>Members reached</dt><dd>${number(data.members_reached)}</dd></div>
      <div><dt>Points given</dt><dd>${points(data.points_given)}</dd></div>
      ${data.goal && html`<div><dt>Goal</dt><dd>${goalText(data.goal)}</dd></div>`}
    </dl>
    ${data.goal && html`<${Progress} value=${data.goal.value} max=${data.goal.target} label="Progress to the goal" />`}
  `;
}

function goalText(goal) {
  const reached = goal.value;
  return goal.target > 0 ? percent(reached / goal.target) : number(reached);
}

function Campaign({ campaign }) {
  const { starts_at: starts, ends_at: ends } = campaign.schedule;
  const active = campaign.status === "active";
  return html`
    <li class="overview-campaign">
      <div class="overview-campaign-head">
        <${Link} to=${`campaigns/${campaign.id}`}>${campaign.name}</${Link}> <${Status} value=${campaign.status} />
        <span class="muted">
          ${active ? (ends ? html`ends <${Time} value=${ends} relative />` : "open-ended") : html`starts <${Time} value=${starts} relative />`}
        </span>
      </div>
      ${active && html`<${Results} campaign=${campaign} />`}
    </li>
  `;
}

/** @param {{program: {id: string}}} props */
export function Campaigns({ program }) {
  const options = { refreshOn: ["campaign."] };
  const active = useQuery("/loyalty/campaigns", { program: program.id, status: "active", limit: 5 }, options);
  const coming = useQuery("/loyalty/campaigns", { program: program.id, status: "scheduled", limit: 3 }, options);
  const shown = [...(active.data?.data ?? []), ...(coming.data?.data ?? [])];
  return html`
    <${Card} title="Campaigns" actions=${html`<${Link} to="campaigns">All campaigns</${Link}>`}>
      ${
        shown.length === 0
          ? html`<${Empty} title="No campaign runs now">A campaign gives more points for a time and an audience.</${Empty}>`
          : html`<ul class="overview-campaigns">${shown.map((each) => html`<${Campaign} key=${each.id} campaign=${each} />`)}</ul>`
      }
    </${Card}>
  `;
}
