// The fields of one mechanic of a campaign.

import { html } from "../../lib/preact.js";
import { Button, DecimalInput, Field, MoneyInput, NumberInput, Select, Switch } from "../../ui/index.js";
import { ConditionsInput } from "./conditions.js";
import { mechanicPhrase } from "./sentence.js";
import { TriggerInput } from "./trigger_input.js";
import { sentence } from "./words.js";

/** What each kind is called. */
export const MECHANIC_NAMES = {
  points_multiplier: "Multiply points",
  bonus_points: "Give a bonus",
  challenge: "Set a challenge",
  featured_reward: "Feature a reward",
};

const MEASURES = [
  ["count", "Do it so many times"],
  ["amount", "Spend so much"],
];

/**
 * @param {{form: object, place: number, words: object, onRemove: (() => void)|null}} props
 */
export function Mechanic({ form, place, words, onRemove }) {
  const path = `mechanics[${place}]`;
  const mechanic = form.draft.mechanics[place];
  const Fields = FIELDS[mechanic.type];
  return html`
    <div class="program-entry" role="group" aria-label=${MECHANIC_NAMES[mechanic.type]}>
      <div class="program-entry-head">
        <div>
          <strong>${MECHANIC_NAMES[mechanic.type]}</strong>
          <p class="program-quiet">${sentence(mechanicPhrase(mechanic, words))}</p>
        </div>
        ${onRemove && html`<${Button} kind="quiet" size="small" icon="trash" label="Remove this" onClick=${onRemove} />`}
      </div>
      <${Fields} form=${form} path=${path} mechanic=${mechanic} words=${words} />
    </div>
  `;
}

const FIELDS = { points_multiplier: Multiplier, bonus_points: Bonus, challenge: Challenge, featured_reward: Featured };

function Multiplier({ form: { field, set }, path, mechanic, words }) {
  return html`
    <${TriggerInput} ...${field(`${path}.trigger`)} referrals=${false} />
    <div class="program-pair">
      <${Field} name=${`${path}.factor`} label="Times" hint="More than 1."><${DecimalInput} ...${field(`${path}.factor`)} /><//>
      <${Field} name=${`${path}.min_spend`} label="From an amount of" optional>
        <${MoneyInput} ...${field(`${path}.min_spend`)} currency=${words.currency} />
      <//>
    </div>
    <${Conditions} path=${path} mechanic=${mechanic} set=${set} words=${words} items=${false} />
  `;
}

function Bonus({ form: { field, set }, path, mechanic, words }) {
  return html`
    <${TriggerInput} ...${field(`${path}.trigger`)} referrals=${false} />
    <${Field} name=${`${path}.points`} label="Points"><${NumberInput} ...${field(`${path}.points`)} after="points" /><//>
    <${Conditions} path=${path} mechanic=${mechanic} set=${set} words=${words} />
  `;
}

function Challenge({ form: { field, set }, path, mechanic, words }) {
  const measure = mechanic.amount === undefined || mechanic.amount === null ? "count" : "amount";
  const choose = (next) => set(path, { ...mechanic, count: next === "count" ? 3 : null, amount: next === "amount" ? 10000 : null });
  return html`
    <${TriggerInput} ...${field(`${path}.trigger`)} referrals=${false} />
    <div class="program-triple">
      <${Field} name=${`${path}.measure`} label="To be met"><${Select} value=${measure} onChange=${choose} options=${MEASURES} /><//>
      ${measure === "count"
        ? html`<${Field} key="count" name=${`${path}.count`} label="How many times"><${NumberInput} ...${field(`${path}.count`)} /><//>`
        : html`<${Field} key="amount" name=${`${path}.amount`} label="How much"><${MoneyInput} ...${field(`${path}.amount`)} currency=${words.currency} /><//>`}
      <${Field} name=${`${path}.points`} label="Brings"><${NumberInput} ...${field(`${path}.points`)} after="points" /><//>
    </div>
    <${Field} name=${`${path}.repeatable`} label="Again and again">
      <${Switch} ...${field(`${path}.repeatable`)} label="Each time it is met, not just once" />
    <//>
    <${Conditions} path=${path} mechanic=${mechanic} set=${set} words=${words} />
  `;
}

function Featured({ form: { field }, path, words }) {
  const options = [["", "Choose…"], ...words.rewardList.map(({ id, name }) => [id, name])];
  return html`
    <div class="program-pair">
      <${Field} name=${`${path}.reward`} label="Reward"><${Select} ...${field(`${path}.reward`)} options=${options} /><//>
      <${Field} name=${`${path}.cost`} label="Costs" hint="For the audience, unless it costs less anyway.">
        <${NumberInput} ...${field(`${path}.cost`)} after="points" />
      <//>
    </div>
  `;
}

function Conditions({ path, mechanic, set, words, items = true }) {
  return html`
    <${ConditionsInput} name=${`${path}.conditions`} value=${mechanic.conditions} onChange=${(group) => set(`${path}.conditions`, group)}
      words=${words} items=${items} emptyText="No conditions: every such event counts." />
  `;
}
