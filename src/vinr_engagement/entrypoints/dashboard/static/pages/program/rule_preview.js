// One event, made up: what a draft would give for it, and why or why not.

import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { Button, Combobox, Field, MoneyInput, Notice, Stack, TextArea } from "../../ui/index.js";
import { Section } from "./pieces.js";
import { reasonWords } from "./reasons.js";
import { useResult } from "./result.js";
import { findMembers } from "./members_found.js";

/**
 * @param {{body: object, words: object}} props  body: the draft as it would be made
 */
export function Preview({ body, words }) {
  const { now } = useClock();
  const [event, setEvent] = useState({ account: "", amount: 5000, more: "" });
  const [result, keep] = useResult();
  const { run, busy, error } = useAction(async () => keep(await api.post("/loyalty/earning-rules/preview", requested(body, event, now, words))));
  const put = (changes) => setEvent({ ...event, ...changes });
  return html`
    <${Section} title="Try one event" summary="A made-up payment">
      <${Field} name="preview.account" label="Member">
        <${Combobox} name="preview.account" value=${event.account} onChange=${(account) => put({ account })} search=${findMembers(body.program)}
          placeholder="Name, email or id" />
      <//>
      <${Field} name="preview.amount" label="Amount">
        <${MoneyInput} name="preview.amount" value=${event.amount} currency=${words.currency} onChange=${(amount) => put({ amount })} />
      <//>
      <${Field} name="preview.more" label="Further fields of the event" hint="JSON, such as line_items or metadata." optional>
        <${TextArea} name="preview.more" value=${event.more} rows=${3} placeholder=${'{"metadata": {"channel": "app"}}'}
          onChange=${(more) => put({ more })} />
      <//>
      <div><${Button} size="small" busy=${busy} disabled=${!event.account} onClick=${() => run()}>Try it<//></div>
      ${error && html`<${Notice} tone="amber" title="Not to be tried">${error.message}<//>`}
      ${!error && result && html`<${Answer} result=${result} words=${words} trigger=${body.trigger} />`}
    <//>
  `;
}

function requested(body, { account, amount, more }, now, words) {
  const further = more.trim() ? parsed(more) : {};
  const object = { id: "preview", amount, currency: words.currency, ...further };
  return { event: { id: "evt_preview", type: body.trigger, created_at: now, data: { object } }, rules: [body], account };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("Further fields of the event are not JSON: they need double quotes, and braces around them.");
  }
}

function Answer({ result, words, trigger }) {
  const outcomes = result.programs.flatMap((program) => program.rules);
  const reason = result.programs.find((program) => program.reason)?.reason;
  if (outcomes.length === 0) return html`<${Notice} tone="amber" title="Nothing">${reasonWords({ reason: reason ?? "no_matching_rule" }, words)}<//>`;
  return html`
    <div data-preview>
      <${Stack} gap=${2}>
        ${outcomes.map(
          (outcome, place) => html`
            <${Notice} key=${place} tone=${outcome.points > 0 ? "green" : "amber"} title=${`${points(outcome.points)} points`}>
              ${reasonWords(outcome, words, trigger)}
            <//>
          `,
        )}
      <//>
    </div>
  `;
}
