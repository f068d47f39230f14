// What points buy in the program.

import { number, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Badge, Button, Card, Empty, ListTable, Page, Tabs } from "../../ui/index.js";
import { useWords } from "./names.js";
import { gives } from "./sentence.js";

const TABS = [
  { key: "", label: "All" },
  { key: "true", label: "In the catalogue" },
  { key: "false", label: "Off" },
];

/** The page `rewards`. */
export default function Rewards() {
  const { program } = useProgram();
  const words = useWords(program);
  const { can } = useSession();
  const [{ active = "" }, setQuery] = useQueryParams();
  const list = useList(program ? "/loyalty/rewards" : null, { program: program?.id, active }, { refreshOn: ["loyalty.reward", "redemption"] });
  const make = can("rewards:write") && html`<${Button} kind="primary" icon="plus" to="rewards/new">New reward<//>`;
  const columns = [
    { key: "name", label: "Reward", render: (reward) => reward.name },
    { key: "gives", label: "Gives", priority: 3, render: (reward) => gives(reward, words) },
    { key: "cost", label: "Cost", align: "end", render: (reward) => points(reward.cost) },
    { key: "left", label: "Left", align: "end", priority: 2, render: (reward) => (reward.inventory === null ? "Any number" : number(reward.remaining)) },
    { key: "taken", label: "Taken", align: "end", priority: 2, render: (reward) => taken(reward) },
    { key: "state", label: "State", render: (reward) => html`<${RewardState} reward=${reward} />` },
  ];
  return html`
    <${Page} title="Rewards" subtitle="What points buy." actions=${make}>
      <${Tabs} tabs=${TABS} current=${active} onChange=${(key) => setQuery({ active: key })} />
      <${Card} flush>
        <${ListTable} list=${list} caption="Rewards" columns=${columns} rowHref=${(reward) => `rewards/${reward.id}`}
          empty=${html`<${Empty} icon="rewards" title=${active ? "No such rewards" : "No rewards yet"}
            action=${make}>Members spend their points on rewards: a discount, store credit, an item.<//>`} />
      <//>
    <//>
  `;
}

const taken = ({ inventory, remaining }) => (inventory === null ? "–" : number(Math.max(0, inventory - remaining)));

/** Whether a reward can be had now, as a badge. */
export function RewardState({ reward, now = Date.now() }) {
  if (!reward.active) return html`<${Badge} tone="neutral">Off<//>`;
  if (reward.starts_at && Date.parse(reward.starts_at) > now) return html`<${Badge} tone="blue">Scheduled<//>`;
  if (reward.ends_at && Date.parse(reward.ends_at) <= now) return html`<${Badge} tone="neutral">Ended<//>`;
  if (reward.remaining === 0) return html`<${Badge} tone="amber">Out of stock<//>`;
  return html`<${Badge} tone="green">Available<//>`;
}
