// The fields of the tiers: each level a row, and what counts over which time.

import { plural } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Button, Card, DecimalInput, Field, MoneyInput, NumberInput, Select, Stack, TextInput } from "../../ui/index.js";
import { ListInput } from "./lists.js";
import { monthName } from "./words.js";

const QUALIFY = [
  ["points", "Points earned"],
  ["spend", "Money spent"],
];
const PERIODS = [
  ["lifetime", "A lifetime"],
  ["rolling", "The last months"],
  ["calendar", "Calendar periods"],
];
const MODES = [
  ["immediate", "At once"],
  ["period_end", "At the end of the next period"],
  ["never", "Never"],
];
const BEGINNINGS = {
  lifetime: () => ({ type: "lifetime" }),
  rolling: (held) => ({ type: "rolling", months: held.months ?? 12 }),
  calendar: (held) => ({ type: "calendar", months: held.months ?? 12, starts_month: 1 }),
};
const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

/** @param {{form: object, words: object, members: object[]|null}} props  members: how many are in each tier now */
export function TierFields({ form, words, members }) {
  const { draft, field, set } = form;
  const { tiers, period } = draft.tier_config;
  const highest = tiers.at(-1);
  const fresh = { name: "", rank: (highest?.rank ?? -1) + 1, threshold: 2 * (highest?.threshold || 500), multiplier: highest?.multiplier ?? "1", benefits: [] };
  return html`
    <${Card} title="Levels">
      <${Stack}>
        ${tiers.map((tier, place) => html`<${Tier} key=${tier.key ?? `new ${place}`} ...${{ form, tier, place, words, members }} />`)}
        <div><${Button} size="small" icon="plus" onClick=${() => set("tier_config.tiers", [...tiers, fresh])}>Add a tier<//></div>
      <//>
    <//>
    <${Card} title="What counts">
      <${Stack}>
        <div class="program-pair">
          <${Field} name="tier_config.qualify_on" label="Members qualify by">
            <${Select} ...${field("tier_config.qualify_on")} options=${QUALIFY} />
          <//>
          <${Field} name="tier_config.period.type" label="Over">
            <${Select} value=${period.type} onChange=${(type) => set("tier_config.period", BEGINNINGS[type](period))} options=${PERIODS} />
          <//>
        </div>
        ${period.type !== "lifetime" && html`
          <div class="program-pair">
            <${Field} name="tier_config.period.months" label="Length"><${NumberInput} ...${field("tier_config.period.months")} after="months" /><//>
            ${period.type === "calendar" && html`
              <${Field} name="tier_config.period.starts_month" label="Beginning in">
                <${Select} value=${String(period.starts_month ?? 1)} onChange=${(month) => set("tier_config.period.starts_month", Number(month))}
                  options=${MONTHS.map((month) => [String(month), monthName(month, words)])} />
              <//>
            `}
          </div>
        `}
        <div class="program-pair">
          <${Field} name="tier_config.downgrade.mode" label="Moving down"><${Select} ...${field("tier_config.downgrade.mode")} options=${MODES} /><//>
          <${Field} name="tier_config.downgrade.grace_days" label="Put off by">
            <${NumberInput} ...${field("tier_config.downgrade.grace_days")} after="days" />
          <//>
        </div>
      <//>
    <//>
  `;
}

function Tier({ form, tier, place, words, members }) {
  const { draft, field, set } = form;
  const { tiers, qualify_on: on } = draft.tier_config;
  const path = `tier_config.tiers[${place}]`;
  const remove = () => set("tier_config.tiers", tiers.filter((_, index) => index !== place));
  return html`
    <div class="program-tier" role="group" aria-label=${tier.name || "New tier"}>
      <${Field} name=${`${path}.name`} label="Name" hint=${standing(tier, members)}><${TextInput} ...${field(`${path}.name`)} /><//>
      <${Field} name=${`${path}.threshold`} label="From">
        ${on === "spend"
          ? html`<${MoneyInput} key="money" ...${field(`${path}.threshold`)} currency=${words.currency} />`
          : html`<${NumberInput} key="points" ...${field(`${path}.threshold`)} />`}
      <//>
      <${Field} name=${`${path}.multiplier`} label="Points ×"><${DecimalInput} ...${field(`${path}.multiplier`)} /><//>
      <${Field} name=${`${path}.benefits`} label="Benefits"><${ListInput} ...${field(`${path}.benefits`)} placeholder="Free delivery, Early access" /><//>
      <${Button} kind="quiet" icon="trash" label=${`Remove ${tier.name || "this tier"}`} onClick=${remove} />
    </div>
  `;
}

/** What a tier is called in conditions, and how many are in it now. */
function standing({ key }, members) {
  const inIt = members?.find((entry) => entry.tier === key)?.members;
  return [key, inIt !== undefined && plural(inIt, "member", "members")].filter(Boolean).join(" · ") || undefined;
}
