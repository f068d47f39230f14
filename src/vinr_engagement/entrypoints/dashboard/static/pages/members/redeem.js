// Redeeming a reward for a member: what they can have now, and what they get.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { dateTime, points } from "../../lib/format.js";
import { useAction, useQuery } from "../../lib/query.js";
import { Button, DefinitionList, Dialog, Empty, ErrorNotice, Field, Id, NumberInput, Skeleton } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { countOf, refusedWords } from "./words.js";
import { giftWords } from "./gifts.js";

/** @param {{account: object, program: object, reward?: object, onClose: () => void}} props */
export function Redeem({ account, program, reward, onClose }) {
  const [chosen, setChosen] = useState(reward?.id ?? null);
  const [quantity, setQuantity] = useState(1);
  const [done, setDone] = useState(null);
  const offered = useQuery(`/loyalty/accounts/${account.id}/rewards`);
  const action = useAction(async () => {
    setDone(await api.post("/loyalty/redemptions", { account: account.id, reward: chosen, quantity: quantity ?? 1 }));
    refreshMember();
  });
  if (done) return html`<${Done} redemption=${done} program=${program} onClose=${onClose} />`;
  const picked = offered.data?.data.find((each) => each.id === chosen);
  const price = picked ? `Redeem for ${countOf(picked.cost * (Number(quantity) || 1))}` : "Redeem";
  return html`<${FormDialog} title="Redeem a reward" submit=${price} action=${action} onClose=${onClose} disabled=${!picked} wide>
    <p class="muted">The balance is ${points(account.balance)}. The member pays now; the reward waits to be used.</p>
    <${Choice} offered=${offered} chosen=${chosen} onChoose=${setChosen} />
    ${picked && picked.type !== "discount_percent" && html`<${Field} name="quantity" label="How many">
      <${NumberInput} name="quantity" value=${quantity} onChange=${setQuantity} />
    </${Field}>`}
  </${FormDialog}>`;
}

function Choice({ offered, chosen, onChoose }) {
  if (offered.error) return html`<${ErrorNotice} error=${offered.error} retry=${offered.reload} />`;
  if (offered.loading) return html`<${Skeleton} lines=${4} />`;
  if (offered.data.data.length === 0) return html`<${Empty} title="No rewards">The program has no active reward.</${Empty}>`;
  return html`<fieldset class="reward-choice"><legend>Reward</legend>
    ${offered.data.data.map((reward) => html`<${Option} key=${reward.id} reward=${reward} chosen=${chosen} onChoose=${onChoose} />`)}
  </fieldset>`;
}

function Option({ reward, chosen, onChoose }) {
  return html`<label class=${`reward-option ${reward.available ? "" : "is-short"}`}>
    <input type="radio" name="reward" value=${reward.id} checked=${chosen === reward.id} disabled=${!reward.available}
      onChange=${() => onChoose(reward.id)} />
    <span class="reward-name">${reward.name}</span>
    <span class="reward-cost">${countOf(reward.cost)}</span>
    <span class="reward-why">${reward.available ? giftWords(reward) : refusedWords(reward)}</span>
  </label>`;
}

/** What the member got: the code to give them, or what to hand over. */
function Done({ redemption, program, onClose }) {
  const items = [
    ["Reward", redemption.reward_name],
    ["Paid", countOf(redemption.points)],
    ["Code", redemption.discount ? html`<${Id} value=${redemption.discount.code} />` : null],
    ["Redemption", html`<${Id} value=${redemption.id} />`],
    ["Use it until", redemption.expires_at ? dateTime(redemption.expires_at, program.timezone) : null],
  ];
  return html`<${Dialog} title="Redeemed" onClose=${onClose} footer=${html`<${Button} kind="primary" onClick=${onClose}>Done</${Button}>`}>
    <${DefinitionList} items=${items.filter(([, value]) => value !== null)} />
  </${Dialog}>`;
}
