// The fields of a program.

import { html } from "../../lib/preact.js";
import { Card, Field, NumberInput, Select, Stack, Switch, TextInput } from "../../ui/index.js";
import { MetadataSection, Section } from "./pieces.js";
import { monthName } from "./words.js";

const ROUNDING = [
  ["down", "Down: parts of a point are dropped"],
  ["nearest", "To the nearest, a half away from zero"],
  ["up", "Up: every part counts as a point"],
];
const CLAWBACK = [
  ["negative", "Take it back, even below zero"],
  ["clamp", "Stop at zero"],
];
const EXPIRY = [
  ["never", "Never"],
  ["rolling", "So many months after they were earned"],
  ["fixed", "On a day of the year"],
  ["inactivity", "After so many months without activity"],
];
const BEGINNINGS = {
  never: () => null,
  rolling: (held) => ({ type: "rolling", months: held?.months ?? 18 }),
  fixed: () => ({ type: "fixed", month: 12, day: 31, min_months: 0 }),
  inactivity: (held) => ({ type: "inactivity", months: held?.months ?? 12 }),
};
const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

/** @param {{form: object, program: object, words: object}} props  form: what `useDraft` answers */
export function ProgramFields({ form, words }) {
  const { draft, field } = form;
  return html`
    <${Card} title="The program">
      <${Stack}>
        <${Field} name="name" label="Name"><${TextInput} ...${field("name")} /><//>
        <${Field} name="auto_enroll" label="Enrolment">
          <${Switch} ...${field("auto_enroll")} label="Enrol customers with their first purchase that earns" />
        <//>
        <div class="program-pair">
          <${Field} name="timezone" label="Timezone" hint="Days, weeks and months go by it."><${TextInput} ...${field("timezone")} /><//>
          <${Field} name="default_currency" label="Main currency" hint="Rules earn for it unless they say otherwise.">
            <${TextInput} ...${field("default_currency")} maxlength="3" />
          <//>
        </div>
      <//>
    <//>
    <${Card} title="Points">
      <${Stack}>
        <div class="program-pair">
          <${Field} name="currency.name" label="They are called"><${TextInput} ...${field("currency.name")} /><//>
          <${Field} name="currency.point_value" label="One redeems for" hint=${`Minor units of ${draft.default_currency}. Liability is counted by it.`}>
            <${NumberInput} ...${field("currency.point_value")} />
          <//>
        </div>
        <${Field} name="currency.rounding" label="Rounding" hint="Once, at the end.">
          <${Select} ...${field("currency.rounding")} options=${ROUNDING} />
        <//>
        <${Expiry} form=${form} words=${words} />
      <//>
    <//>
    <${Card} title="Holds and refunds">
      <${Stack}>
        <div class="program-pair">
          <${Field} name="hold_days" label="Held for" hint="Points from payments are pending for so long.">
            <${NumberInput} ...${field("hold_days")} after="days" />
          <//>
          <${Field} name="return_grace_days" label="Grace for returned points" hint="How long points that come back stay, if they had expired meanwhile.">
            <${NumberInput} ...${field("return_grace_days")} after="days" />
          <//>
        </div>
        <${Field} name="clawback" label="When a refund takes back what was spent"><${Select} ...${field("clawback")} options=${CLAWBACK} /><//>
      <//>
    <//>
    <${Card} title="Redeeming">
      <${Stack}>
        <${Field} name="redemption_ttl_hours" label="Unused discounts are given back after" hint="Never, unless given." optional>
          <${NumberInput} ...${field("redemption_ttl_hours")} after="hours" />
        <//>
        <${Field} name="expiring_notice_days" label="Notice before points expire" hint="loyalty.points.expiring fires so long before.">
          <${NumberInput} ...${field("expiring_notice_days")} after="days" />
        <//>
      <//>
    <//>
    <${Referrals} form=${form} />
    <${MetadataSection} field=${field} />
  `;
}

function Expiry({ form, words }) {
  const { draft, field, set } = form;
  const { expiry } = draft.currency;
  const type = expiry?.type ?? "never";
  const choose = (next) => set("currency.expiry", BEGINNINGS[next](expiry));
  return html`
    <${Field} name="currency.expiry.type" label="They expire" hint="A change is for points earned from then on.">
      <${Select} value=${type} onChange=${choose} options=${EXPIRY} />
    <//>
    ${(type === "rolling" || type === "inactivity") && html`
      <${Field} name="currency.expiry.months" label="Months"><${NumberInput} ...${field("currency.expiry.months")} after="months" /><//>
    `}
    ${type === "fixed" && html`
      <div class="program-triple">
        <${Field} name="currency.expiry.day" label="Day"><${NumberInput} ...${field("currency.expiry.day")} /><//>
        <${Field} name="currency.expiry.month" label="Month">
          <${Select} value=${String(expiry.month)} onChange=${(month) => set("currency.expiry.month", Number(month))}
            options=${MONTHS.map((month) => [String(month), monthName(month, words)])} />
        <//>
        <${Field} name="currency.expiry.min_months" label="At least" hint="They last so long.">
          <${NumberInput} ...${field("currency.expiry.min_months")} after="months" />
        <//>
      </div>
    `}
  `;
}

function Referrals({ form }) {
  const { draft, field, set } = form;
  const limit = draft.referral_limit;
  const toggle = (isOn) => set("referral_limit", isOn ? { attributions: 50, conversions: null, window_days: 30 } : null);
  const told = limit ? `At most ${limit.attributions ?? "any number"} within ${limit.window_days} days` : "No limit";
  return html`
    <${Section} title="Referrals" summary=${told}>
      <${Field} name="referral_limit" label="Against misuse">
        <${Switch} value=${Boolean(limit)} label="Limit how many one member may bring" onChange=${toggle} />
      <//>
      ${limit && html`
        <div class="program-triple">
          <${Field} name="referral_limit.attributions" label="Brought" optional><${NumberInput} ...${field("referral_limit.attributions")} /><//>
          <${Field} name="referral_limit.conversions" label="Converted" optional><${NumberInput} ...${field("referral_limit.conversions")} /><//>
          <${Field} name="referral_limit.window_days" label="Within"><${NumberInput} ...${field("referral_limit.window_days")} after="days" /><//>
        </div>
      `}
      <${Field} name="referral_share_url" label="Link to share codes" hint="With {code} in it." optional>
        <${TextInput} ...${field("referral_share_url")} placeholder="https://shop.example/join?by={code}" />
      <//>
    <//>
  `;
}
