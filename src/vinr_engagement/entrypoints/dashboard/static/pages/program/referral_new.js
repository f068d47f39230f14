// A new code for a member to share.

import { api } from "../../lib/api.js";
import { html, useMemo } from "../../lib/preact.js";
import { invalidate, useAction } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { Button, Combobox, Dialog, Field, Form, MoneyInput, NumberInput, Stack, TextInput, toast } from "../../ui/index.js";
import { useDraft } from "./draft.js";
import { findMembers } from "./members_found.js";
import { useWords } from "./names.js";
import { Sentence } from "./pieces.js";
import { referralSentence } from "./sentence.js";

const PATH = "/loyalty/referrals";
const FIRST = {
  referrer: "",
  reward: { referrer: { points: 500 }, referee: { points: 200 } },
  qualify: { first_payment_minimum: 2000, window_days: 30 },
  max_conversions: null,
  share_url: null,
};

/** @param {{program: object, onClose: () => void}} props */
export function NewReferral({ program, onClose }) {
  const words = useWords(program);
  const { draft, field } = useDraft(useMemo(() => FIRST, []), "new");
  const { run, busy, error } = useAction(async () => {
    const referral = await api.post(PATH, bodyOf(draft, program.id));
    invalidate(PATH);
    toast(`The code is ${referral.code}.`);
    navigate(`referrals/${referral.id}`);
  });
  const footer = html`
    <${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" type="submit" form="new-referral" busy=${busy}>Make the code<//>
  `;
  return html`
    <${Dialog} title="New referral code" onClose=${onClose} footer=${footer}>
      <${Form} id="new-referral" onSubmit=${run} error=${error} busy=${busy}>
        <${Stack}>
          <${Sentence} text=${referralSentence(draft, words)} live />
          <${Field} name="referrer" label="Member who shares it">
            <${Combobox} ...${field("referrer")} search=${findMembers(program.id)} placeholder="Name, email or id" />
          <//>
          <div class="program-pair">
            <${Field} name="reward.referrer.points" label="The member gets" optional>
              <${NumberInput} ...${field("reward.referrer.points")} after="points" />
            <//>
            <${Field} name="reward.referee.points" label="The friend gets" optional>
              <${NumberInput} ...${field("reward.referee.points")} after="points" />
            <//>
          </div>
          <div class="program-pair">
            <${Field} name="qualify.first_payment_minimum" label="First payment of at least">
              <${MoneyInput} ...${field("qualify.first_payment_minimum")} currency=${program.default_currency} />
            <//>
            <${Field} name="qualify.window_days" label="Within"><${NumberInput} ...${field("qualify.window_days")} after="days" /><//>
          </div>
          <${Field} name="max_conversions" label="How often it may convert" hint="Any number unless given." optional>
            <${NumberInput} ...${field("max_conversions")} />
          <//>
          <${Field} name="share_url" label="Link to share it" hint="With {code} in it; the program’s unless given." optional>
            <${TextInput} ...${field("share_url")} />
          <//>
        <//>
      <//>
    <//>
  `;
}

function bodyOf(draft, program) {
  const reward = Object.fromEntries(Object.entries(draft.reward).filter(([, side]) => side.points !== null));
  const { max_conversions: most, share_url: url } = draft;
  const qualify = { ...draft.qualify, first_payment_minimum: draft.qualify.first_payment_minimum ?? 0 };
  return { program, referrer: draft.referrer ?? "", reward, qualify, ...(most !== null && { max_conversions: most }), ...(url && { share_url: url }) };
}
