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

const SUMMARY = "/loyalty/analytics/summary";

const paramsOf = (program, { gte, lt }) => ({ program: program.id, "period[gte]": gte, "period[lt]": lt });

/** Whether nothing was ever received: then it is shown how to begin, instead of a page of zeros. */
function useIsNew() {
  const accounts = useQuery("/loyalty/accounts", { limit: 1, status: "all" }, { refreshOn: ["loyalty.account"] });
  const received = useQuery("/received-events", { limit: 1 }, { refreshOn: REFRESH_ON });
  const isAny = [accounts, received].some(({ data, error }) => error || data?.data.length > 0);
  return { isKnown: isAny || Boolean(accounts.data && received.data), isNew: !isAny && Boolean(accounts.data && received.data) };
}

function Content({ program, period, summary, before }) {
  return html`
    <${Figures} summary=${summary} before=${before} label=${period.label} />
    <div class="overview-columns">
      <div>
        <${EarnedAndBurned} program=${program} period=${period} />
        <${LiabilityTrend} program=${program} period=${period} summary=${summary} />
        <div class="overview-pair"><${Tiers} tiers=${summary.tiers} /><${Campaigns} program=${program} /></div>
      </div>
      <div>
        <${Today} program=${program} />
        <${LiveFeed} />
      </div>
    </div>
  `;
}

function ProgramOverview({ program }) {
  const period = usePeriod();
  const { isKnown, isNew } = useIsNew();
  const now = useQuery(SUMMARY, paramsOf(program, period), { refreshOn: REFRESH_ON });
  const before = useQuery(SUMMARY, paramsOf(program, period.previous));
  if (isNew) return html`<${Page} title="Overview" subtitle=${program.name}><${FirstSteps} program=${program} /></${Page}>`;
  return html`
    <${Page} title="Overview" subtitle=${program.name} actions=${html`<${PeriodPicker} />`}>
      ${now.error && html`<${ErrorNotice} error=${now.error} retry=${now.reload} />`}
      ${!now.error && !(isKnown && now.data) && html`<${Skeleton} lines=${12} />`}
      ${isKnown && now.data && html`<${Content} program=${program} period=${period} summary=${now.data} before=${before.data} />`}
    </${Page}>
  `;
}

export default function Overview() {
  const { program } = useProgram();
  if (program) return html`<${ProgramOverview} key=${program.id} program=${program} />`;
  return html`<${Page} title="Overview"><${Skeleton} lines=${12} /></${Page}>`;
}
