// The campaigns of the program: what each does, and where it stands.

import { date } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Empty, ListTable, Page, Status, Tabs } from "../../ui/index.js";
import { useWords } from "./names.js";
import { campaignSentence } from "./sentence.js";

const STATUSES = ["", "draft", "scheduled", "active", "ended", "archived"];
const TABS = STATUSES.map((key) => ({ key, label: key ? key[0].toUpperCase() + key.slice(1) : "All" }));

/** The page `campaigns`. */
export default function Campaigns() {
  const { program } = useProgram();
  const words = useWords(program);
  const { can } = useSession();
  const [{ status = "" }, setQuery] = useQueryParams();
  const list = useList(program ? "/loyalty/campaigns" : null, { program: program?.id, status }, { refreshOn: ["campaign.started", "campaign.ended"] });
  const make = can("campaigns:write") && html`<${Button} kind="primary" icon="plus" to="campaigns/new">New campaign<//>`;
  return html`
    <${Page} title="Campaigns" subtitle="For a time and an audience, more points than usual." actions=${make}>
      <${Tabs} tabs=${TABS} current=${status} onChange=${(key) => setQuery({ status: key })} />
      <${Card} flush>
        <${ListTable} list=${list} caption="Campaigns" columns=${columns(words)} rowHref=${(campaign) => `campaigns/${campaign.id}`}
          empty=${html`<${Empty} icon="campaigns" title=${status ? `No campaign is ${status}` : "No campaigns yet"}
            action=${make}>
            A double-points weekend, a challenge, a reward that costs less for a while.
          <//>`} />
      <//>
    <//>
  `;
}

function columns(words) {
  return [
    { key: "name", label: "Campaign", width: "24%", render: (campaign) => campaign.name },
    { key: "says", label: "What it does", render: (campaign) => campaignSentence({ ...campaign, schedule: null }, words) },
    { key: "schedule", label: "When", width: "230px", priority: 3, render: ({ schedule }) => scheduleTold(schedule, words.zone) },
    { key: "status", label: "Status", width: "110px", render: (campaign) => html`<${Status} value=${campaign.status} />` },
  ];
}

function scheduleTold({ starts_at: from, ends_at: until }, zone) {
  if (!from && !until) return "No schedule";
  const last = until && date(new Date(Date.parse(until) - 1).toISOString(), zone);
  if (!from || !until) return from ? `From ${date(from, zone)}` : `Until ${last}`;
  return `${date(from, zone)} – ${last}`;
}
