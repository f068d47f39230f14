// The first page: what happened today and over a period, what is owed, and what is happening now.

import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useProgram } from "../../lib/session.js";
import { ErrorNotice, Page, PeriodPicker, Skeleton, usePeriod } from "../../ui/index.js";
import { Campaigns } from "./campaigns.js";
import { EarnedAndBurned, LiabilityTrend } from "./charts.js";
import { Figures } from "./figures.js";
import { FirstSteps } from "./first_steps.js";
import { LiveFeed } from "./feed.js";
import { Tiers } from "./tiers.js";
import { Today } from "./today.js";

const REFRESH_ON = ["loyalty."];

/** @param {string} program @param {{gte: string, lt: string}} period */
export function summaryParams(program, period) {
  return { program, "period[gte]": period.gte, "period[lt]": period.lt };
}

function Summary({ program, period }) {
  const path = "/loyalty/analytics/summary";
  const now = useQuery(path, summaryParams(program.id, period), { refreshOn: REFRESH_ON });
  const before = useQuery(path, summaryParams(program.id, period.previous));
  if (now.error) return html`<${ErrorNotice} error=${now.error} retry=${now.reload} />`;
  if (!now.data) return html`<${Skeleton} lines=${12} />`;
  return html`
    <${Figures} summary=${now.data} before=${before.data} label=${period.label} />
    <div class="overview-columns">
      <div>
        <${EarnedAndBurned} program=${program} period=${period} />
        <${LiabilityTrend} program=${program} period=${period} summary=${now.data} />
        <div class="overview-pair"><${Tiers} tiers=${now.data.tiers} /><${Campaigns} program=${program} /></div>
      </div>
      <div>
        <${Today} program=${program} />
        <${LiveFeed} />
      </div>
    </div>
  `;
}

/** Nothing was ever received: show how to begin instead of a page of zeros. */
function useIsNew() {
  const accounts = useQuery("/loyalty/accounts", { limit: 1, status: "all" }, { refreshOn: ["loyalty.account"] });
  const received = useQuery("/received-events", { limit: 1 }, { refreshOn: REFRESH_ON });
  if (!accounts.data || !received.data) return { known: Boolean(accounts.error || received.error), empty: false };
  return { known: true, empty: accounts.data.data.length === 0 && received.data.data.length === 0 };
}

export default function Overview() {
  const { program } = useProgram();
  const period = usePeriod();
  const { known, empty } = useIsNew();
  if (!program || !known) return html`<${Page} title="Overview"><${Skeleton} lines=${12} /></${Page}>`;
  if (empty) return html`<${Page} title="Overview" subtitle=${program.name}><${FirstSteps} program=${program} /></${Page}>`;
  return html`
    <${Page} title="Overview" subtitle=${program.name} actions=${html`<${PeriodPicker} />`}>
      <${Summary} program=${program} period=${period} />
    </${Page}>
  `;
}

