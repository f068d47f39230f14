// A payment as the shop would send it, and what every rule makes of it.

import { api } from "../../lib/api.js";
import { money } from "../../lib/format.js";
import { html, useEffect, useState } from "../../lib/preact.js";
import { invalidate, useAction } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useClock, useEnvironment, useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Copy, Empty, Form, Notice, Page } from "../../ui/index.js";
import { nameOf } from "../overview/names.js";
import { Outcome } from "./outcome.js";
import { curlOf, eventOf, randomWord } from "./simulated.js";
import { SimulateFields } from "./simulate_form.js";

const EMPTY = { type: "payment.completed", member: null, amount: 4900, currency: "EUR", channel: "", payment: "", items: [] };

/** The member whom the address names, as their page links here. */
function useNamed(account, take) {
  useEffect(() => {
    if (!account) return;
    api
      .get(`/loyalty/accounts/${account}`, { "expand[]": ["customer"] })
      .then((found) => take({ account: found.id, customer: found.customer?.id ?? found.customer ?? undefined, label: nameOf(found) }))
      .catch(() => {});
  }, [account]);
}

function useDraft(program) {
  const [draft, setDraft] = useState(EMPTY);
  const [params] = useQueryParams();
  const change = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  useNamed(params.account, change("member"));
  useEffect(() => {
    if (program) change("currency")(program.default_currency);
  }, [program?.id]);
  return [draft, change];
}

function Request({ event }) {
  const text = curlOf(event);
  return html`
    <${Card} title="The same as a request" actions=${html`<${Copy} value=${text} />`}>
      <pre class="code dev-curl" tabindex="0" aria-label="The request for a shell">${text}</pre>
    <//>
  `;
}

/** What was sent last, and what it came to; and the payments of before, which can be refunded. */
function useSimulation(draft, change, now) {
  const [word, setWord] = useState(randomWord);
  const [outcome, setOutcome] = useState(null);
  const [payments, setPayments] = useState([]);
  const event = eventOf(draft, word, now);
  const sending = useAction(async () => {
    const answer = await api.post("/events", event);
    setOutcome(answer);
    setWord(randomWord());
    invalidate("/");
    if (event.type !== "payment.completed") return;
    const { id, amount, currency } = event.data.object;
    setPayments((before) => [{ id, text: money(amount, currency) }, ...before]);
    change("payment")(id);
  });
  return { event, outcome, payments, sending };
}

function Result({ outcome, event }) {
  return html`
    <div class="dev-main">
      ${
        outcome
          ? html`<${Outcome} outcome=${outcome} />`
          : html`<${Card} title="What came of it"><${Empty} title="Nothing sent yet">Here you see which rules matched, why others did not, and how many points it gave.<//><//>`
      }
      <${Request} event=${event} />
    </div>
  `;
}

function Simulator({ program }) {
  const { now } = useClock();
  const [draft, change] = useDraft(program);
  const { event, outcome, payments, sending } = useSimulation(draft, change, now);
  const ready = draft.amount !== null && (draft.type === "payment.completed" || draft.payment);
  return html`
    <div class="dev-simulate">
      <${Card} title="The event">
        <${Form} onSubmit=${sending.run} error=${sending.error} busy=${sending.busy}>
          <${SimulateFields} draft=${draft} change=${change} program=${program} payments=${payments} />
          <${Button} kind="primary" type="submit" busy=${sending.busy} disabled=${!ready}>Send the event<//>
        <//>
      <//>
      <${Result} outcome=${outcome} event=${event} />
    </div>
  `;
}

export default function Simulate() {
  const environment = useEnvironment();
  const { program } = useProgram();
  const { can } = useSession();
  const refused = environment !== "test" ? "Only in the test store: in the live store payments are real." : !can("events:write") && "Your role may not send events.";
  return html`
    <${Page} title="Simulate a payment" subtitle="Send what your shop would send, and see what every rule makes of it">
      ${refused ? html`<${Notice} tone="neutral" title="Not here">${refused}<//>` : html`<${Simulator} program=${program} />`}
    <//>
  `;
}
