// A payment as the shop would send it, and what every rule makes of it.

import { api } from "../../lib/api.js";
import { money } from "../../lib/format.js";
import { html, useEffect, useState } from "../../lib/preact.js";
import { invalidate, useAction } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useClock, useEnvironment, useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Copy, Empty, Form, Notice, Page, Skeleton } from "../../ui/index.js";
import { choiceOf } from "./member_input.js";
import { Outcome } from "./outcome.js";
import { SimulateFields } from "./simulate_form.js";
import { curlOf, eventOf, randomWord } from "./simulated.js";

const EMPTY = { type: "payment.completed", member: null, amount: 4900, channel: "", payment: "", items: [] };

/** The member whom the address names, as their own page links here. */
function useNamed(account, take) {
  useEffect(() => {
    if (!account) return;
    api.get(`/loyalty/accounts/${account}`, { "expand[]": "customer" }).then(
      (found) => take(choiceOf(found)),
      () => {},
    );
  }, [account]);
}

function useDraft(program) {
  const [draft, setDraft] = useState({ ...EMPTY, currency: program.default_currency });
  const [params] = useQueryParams();
  const change = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  useNamed(params.account, change("member"));
  return [draft, change];
}

/** What was sent last, what it came to, and the payments of before, which can be refunded. */
function useSimulation(draft, change) {
  const { now } = useClock();
  const [word, setWord] = useState(randomWord);
  const [outcome, setOutcome] = useState(null);
  const [payments, setPayments] = useState([]);
  const event = eventOf(draft, word, now);
  const sending = useAction(async () => {
    setOutcome(await api.post("/events", event));
    setWord(randomWord());
    invalidate("/");
    if (event.type !== "payment.completed") return;
    const { id, amount, currency } = event.data.object;
    setPayments((before) => [{ id, text: money(amount, currency) }, ...before]);
    change("payment")(id);
  });
  return { event, outcome, payments, sending };
}

function Request({ event }) {
  const text = curlOf(event);
  return html`
    <${Card} title="The same as a request" actions=${html`<${Copy} value=${text} label="Copy the request" />`}>
      <pre class="dev-code" tabindex="0" role="region" aria-label="The request for a shell">${text}</pre>
    </${Card}>
  `;
}

function Result({ outcome }) {
  if (outcome) return html`<${Outcome} outcome=${outcome} />`;
  return html`
    <${Card} title="What came of it">
      <${Empty} icon="simulate" title="Nothing sent yet">Here you see which rules matched, why others did not, and what it gave.</${Empty}>
    </${Card}>
  `;
}

function Simulator({ program }) {
  const [draft, change] = useDraft(program);
  const { event, outcome, payments, sending } = useSimulation(draft, change);
  const isReady = draft.amount !== null && (draft.type === "payment.completed" || draft.payment);
  return html`
    <div class="dev-simulate">
      <${Card} title="The event">
        <${Form} onSubmit=${sending.run} error=${sending.error} busy=${sending.busy}>
          <${SimulateFields} draft=${draft} change=${change} program=${program} payments=${payments} />
          <${Button} kind="primary" type="submit" busy=${sending.busy} disabled=${!isReady}>Send the event</${Button}>
        </${Form}>
      </${Card}>
      <div class="stack gap-4"><${Result} outcome=${outcome} /><${Request} event=${event} /></div>
    </div>
  `;
}

/** Why nothing can be simulated here; empty where it can. */
function useRefusal() {
  const environment = useEnvironment();
  const { can } = useSession();
  if (environment !== "test") return "Only in the test store: payments of the live store are real.";
  return can("events:write") ? "" : "Your role may not send events.";
}

export default function Simulate() {
  const { program } = useProgram();
  const refused = useRefusal();
  const content = program ? html`<${Simulator} key=${program.id} program=${program} />` : html`<${Skeleton} lines=${10} />`;
  return html`
    <${Page} title="Simulate a payment" subtitle="Send what your shop would send, and see what every rule makes of it">
      ${refused ? html`<${Notice} tone="neutral" title="Not here">${refused}</${Notice}>` : content}
    </${Page}>
  `;
}
