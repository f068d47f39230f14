// The choice of what a rule or a mechanic reacts to.

import { html } from "../../lib/preact.js";
import { Field, Select, TextInput } from "../../ui/index.js";
import { isKnown, TRIGGERS } from "./occasions.js";

const OWN = "own";

/** Groups of triggers as a select takes them. */
function triggerOptions({ referrals = true } = {}) {
  const shown = TRIGGERS.filter((group) => referrals || !group.referrals);
  const groups = shown.map(({ label, triggers }) => ({ label, options: Object.entries(triggers).map(([name, [words]]) => [name, words]) }));
  return [...groups, { label: "Your own", options: [[OWN, "Something else that your shop reports…"]] }];
}

/**
 * The choice of a trigger: a known one, or the name of the shop's own.
 * @param {{name: string, value: string, onChange: (trigger: string) => void, referrals?: boolean}} props
 */
export function TriggerInput({ name, value, onChange, referrals }) {
  const isOwn = !isKnown(value);
  return html`
    <${Field} name=${isOwn ? `${name}.choice` : name} label="When" hint=${isOwn ? undefined : value}>
      <${Select} name=${isOwn ? `${name}.choice` : name} value=${isOwn ? OWN : value} options=${triggerOptions({ referrals })}
        onChange=${(chosen) => onChange(chosen === OWN ? "" : chosen)} />
    <//>
    ${isOwn && html`
      <${Field} name=${name} label="Name of the event" hint="As your shop sends it: small letters with dots.">
        <${TextInput} name=${name} value=${value} onChange=${onChange} placeholder="review.published" />
      <//>
    `}
  `;
}
