// The fields of a campaign: what it does, for whom, when, how much at most, and what it is to reach.

import { html } from "../../lib/preact.js";
import { Button, Card, Field, MoneyInput, Notice, NumberInput, Select, Stack, Switch, TextInput } from "../../ui/index.js";
import { isSettled, MECHANICS } from "./campaign_draft.js";
import { Mechanic, MECHANIC_NAMES } from "./mechanic_form.js";
import { MetadataSection, Section, Settled, Span } from "./pieces.js";
import { goalSentence } from "./sentence.js";
import { number, span, times } from "./words.js";

const MOST_MECHANICS = 10;
const AUDIENCES = [
  ["all", "Everyone"],
  ["tier", "Members in a tier"],
  ["segment", "Members in a segment"],
];
const METRICS = [
  ["members_reached", "Members reached"],
  ["points_given", "Points given"],
  ["awards", "Awards"],
  ["spend", "Money spent"],
];

/**
 * @param {{form: object, words: object, campaign: object|null}} props  form: what `useDraft` answers; campaign: as it is held
 */
export function CampaignFields({ form, words, campaign }) {
  const { draft, field } = form;
  const has = (name) => isSettled(campaign, name);
  return html`
    ${has("mechanics") && html`<${Begun} isArchived=${has("goal")} />`}
    <${Card} title="The campaign">
      <${Stack}>
        <${Field} name="name" label="Name"><${TextInput} ...${field("name")} placeholder="Double points weekend" /><//>
        <${Settled} is=${has("audience")}><${Audience} form=${form} words=${words} /><//>
      <//>
    <//>
    <${Card} title="What it does">
      <${Settled} is=${has("mechanics")}><${Mechanics} form=${form} words=${words} /><//>
    <//>
    <${Section} title="When" summary=${span(draft.schedule.starts_at, draft.schedule.ends_at, words) || "From its launch on, with no end"} open>
      <${Span} field=${field} from="schedule.starts_at" until="schedule.ends_at" zone=${words.zone}
        hint="When it is launched, unless given." isSettled=${has} />
    <//>
    <${Section} title="Limits" summary=${limitsTold(draft, words)} open=${Boolean(draft.budget || draft.per_member_limit)}>
      <${Limits} form=${form} isSettled=${has} />
    <//>
    <${Section} title="Goal" summary=${draft.goal?.target ? goalSentence(draft.goal, words).replace("Goal: ", "") : "None"} open=${Boolean(draft.goal)}>
      <${Settled} is=${has("goal")}><${Goal} form=${form} words=${words} /><//>
    <//>
    <${MetadataSection} field=${field} />
  `;
}

function Begun({ isArchived }) {
  if (isArchived) return html`<${Notice} tone="neutral" title="It is archived">For good: only its name and its metadata may change.<//>`;
  return html`
    <${Notice} tone="neutral" title="It has begun">
      What it does, for whom and how much for a member stay as they are. Its name, its end, its budget and its goal may change.
    <//>
  `;
}

function limitsTold({ budget, per_member_limit: limit }, words) {
  const told = [
    limit?.points && `${number(limit.points, words)} points per member`,
    limit?.times && `${times(limit.times, words)} per member`,
    budget?.points && `${number(budget.points, words)} points in all`,
  ];
  return told.filter(Boolean).join(", ") || "None";
}

function Audience({ form, words }) {
  const { draft, set, field } = form;
  const { type } = draft.audience;
  const choose = (next) => set("audience", next === "all" ? { type: next } : { type: next, [next]: "" });
  const options = {
    tier: words.tiers.map(({ key, name }) => [key, name]),
    segment: words.segmentList.map(({ id, name }) => [id, name]),
  }[type];
  return html`
    <${Field} name="audience.type" label="For" hint="As they are before an event.">
      <${Select} name="audience.type" value=${type} onChange=${choose} options=${AUDIENCES} />
    <//>
    ${options && html`<${Field} name=${`audience.${type}`} label=${type === "tier" ? "Tier" : "Segment"}><${Select} ...${field(`audience.${type}`)}
      options=${[["", "Choose…"], ...options]} /><//>`}
  `;
}

function Mechanics({ form, words }) {
  const { draft, set } = form;
  const entries = draft.mechanics;
  const remove = (place) => set("mechanics", entries.filter((_, index) => index !== place));
  return html`
    ${entries.map(
      (mechanic, place) => html`<${Mechanic} key=${`${place} ${mechanic.type}`} form=${form} place=${place} words=${words}
        onRemove=${entries.length > 1 ? () => remove(place) : null} />`,
    )}
    ${entries.length < MOST_MECHANICS && html`
      <div class="program-adding">
        ${Object.entries(MECHANIC_NAMES).map(([type, name]) => html`<${Button} key=${type} size="small" icon="plus"
          onClick=${() => set("mechanics", [...entries, MECHANICS[type]()])}>${name}<//>`)}
      </div>
    `}
  `;
}

function Limits({ form, isSettled: has }) {
  const { draft, set, field } = form;
  return html`
    <${Settled} is=${has("budget")}><${Budget} draft=${draft} set=${set} field=${field} /><//>
    <${Settled} is=${has("per_member_limit")}><${MemberLimit} draft=${draft} set=${set} field=${field} /><//>
  `;
}

function Budget({ draft, set, field }) {
  return html`
    <${Field} name="budget" label="In all">
      <${Switch} value=${Boolean(draft.budget)} label="At most so many points in all"
        onChange=${(isOn) => set("budget", isOn ? { points: 100000 } : null)} />
    <//>
    ${draft.budget && html`
      <${Field} name="budget.points" label="Budget" hint="It is never passed: what is given is cut to what is left.">
        <${NumberInput} ...${field("budget.points")} after="points" />
      <//>
    `}
  `;
}

function MemberLimit({ draft, set, field }) {
  const toggle = (isOn) => set("per_member_limit", isOn ? { points: null, times: 1 } : null);
  return html`
    <${Field} name="per_member_limit" label="For each member">
      <${Switch} value=${Boolean(draft.per_member_limit)} label="At most so much per member" onChange=${toggle} />
    <//>
    ${draft.per_member_limit && html`
      <div class="program-pair">
        <${Field} name="per_member_limit.points" label="Points" optional><${NumberInput} ...${field("per_member_limit.points")} /><//>
        <${Field} name="per_member_limit.times" label="Times" optional><${NumberInput} ...${field("per_member_limit.times")} /><//>
      </div>
    `}
  `;
}

function Goal({ form, words }) {
  const { draft, set, field } = form;
  return html`
    <${Field} name="goal" label="Goal">
      <${Switch} value=${Boolean(draft.goal)} label="It is to reach something"
        onChange=${(isOn) => set("goal", isOn ? { metric: "members_reached", target: 1000 } : null)} />
    <//>
    ${draft.goal && html`
      <div class="program-pair">
        <${Field} name="goal.metric" label="Measured by"><${Select} ...${field("goal.metric")} options=${METRICS} /><//>
        <${Field} name="goal.target" label="Target">
          ${draft.goal.metric === "spend"
            ? html`<${MoneyInput} key="money" ...${field("goal.target")} currency=${words.currency} />`
            : html`<${NumberInput} key="number" ...${field("goal.target")} />`}
        <//>
      </div>
    `}
  `;
}
