// Every rule and campaign that was looked at for an event: what it gave, or why not.

import { inWords, signed } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { Badge } from "../../ui/index.js";
import { conditionText, reasonText } from "../../lib/reasons.js";

/** The names of rules and campaigns, by their id. */
function useTitles() {
  const rules = useQuery("/loyalty/earning-rules", { limit: 100 });
  const campaigns = useQuery("/loyalty/campaigns", { limit: 100 });
  return new Map([...(rules.data?.data ?? []), ...(campaigns.data?.data ?? [])].map(({ id, name }) => [id, name]));
}

function WhyNot({ looked }) {
  const failed = looked.failed.map((each) => html`<li key=${each.fact + each.op}>${conditionText(each)}</li>`);
  return html`<div class="outcome-why">${reasonText(looked.reason)}${failed.length > 0 && html`<ul>${failed}</ul>`}</div>`;
}

function Looked({ looked, title, to, note }) {
  const gave = looked.points !== 0;
  return html`
    <li class="outcome-rule">
      <${Badge} tone=${gave ? "green" : "neutral"}>${looked.matched ? "Matched" : "No match"}</${Badge}>
      <span><${Link} to=${to}>${title}</${Link}> <small>${note}</small></span>
      <span class="figure">${gave ? `${signed(looked.points)} points` : "–"}</span>
      ${!gave && html`<${WhyNot} looked=${looked} />`}
    </li>
  `;
}

/** @param {{outcome: {rules: object[], campaigns: object[]}}} props  what an event meant in one program */
export function LookedAt({ outcome }) {
  const titles = useTitles();
  const rules = outcome.rules.map((each) => {
    const title = titles.get(each.rule) ?? each.rule;
    return html`<${Looked} key=${each.rule} looked=${each} title=${title} to=${`rules/${each.rule}`} note=${`version ${each.version}`} />`;
  });
  const campaigns = outcome.campaigns.map((each) => {
    const title = titles.get(each.campaign) ?? each.campaign;
    const key = `${each.campaign} ${each.index}`;
    return html`<${Looked} key=${key} looked=${each} title=${title} to=${`campaigns/${each.campaign}`} note=${inWords(each.mechanic)} />`;
  });
  if (rules.length + campaigns.length === 0) return html`<p class="muted">No rule was looked at.</p>`;
  return html`<ul class="outcome-rules" aria-label="Rules and campaigns that were looked at">${rules}${campaigns}</ul>`;
}
