// How many members each tier has.

import { number, percent } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Link } from "../../lib/router.js";
import { Card, Empty, Progress } from "../../ui/index.js";

function Tier({ tier, all, most }) {
  const name = tier.name ?? tier.tier ?? "No tier yet";
  return html`
    <li class="overview-tier">
      ${tier.tier ? html`<${Link} to=${`members?tier=${encodeURIComponent(tier.tier)}`}>${name}</${Link}>` : name}
      <span class="overview-tier-count">${number(tier.members)} <small>${percent(all ? tier.members / all : 0)}</small></span>
      <${Progress} value=${tier.members} max=${most || 1} label=${name} text=${`${number(tier.members)} members`} />
    </li>
  `;
}

/** @param {{tiers: Array<{tier: string|null, name: string|null, rank: number|null, members: number}>}} props as the summary has them */
export function Tiers({ tiers }) {
  const sorted = [...tiers].sort((one, other) => (other.rank ?? -1) - (one.rank ?? -1));
  const all = tiers.reduce((sum, tier) => sum + tier.members, 0);
  const most = Math.max(0, ...tiers.map((tier) => tier.members));
  const lines = sorted.map((tier) => html`<${Tier} key=${tier.tier} tier=${tier} all=${all} most=${most} />`);
  return html`
    <${Card} title="Tiers" actions=${html`<${Link} to="tiers">All tiers</${Link}>`}>
      ${lines.length > 0 ? html`<ul class="overview-tiers">${lines}</ul>` : html`<${Empty} title="No tiers">The program has none.</${Empty}>`}
    </${Card}>
  `;
}
