// What to do where nothing has happened yet.

import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useEnvironment, useSession } from "../../lib/session.js";
import { Button, Card, Copy, Icon } from "../../ui/index.js";

/** @param {"test" | "live"} environment @returns {string} a request that begins it all */
function firstEvent(environment) {
  return `curl ${location.origin}/v1/events \\
  -H "X-Api-Key: sk_${environment}_…" \\
  -H "Content-Type: application/json" \\
  -d '{"id": "evt_1", "type": "payment.completed",
       "created_at": "${new Date().toISOString().slice(0, 19)}Z",
       "data": {"object": {"id": "pay_1", "amount": 1999,
         "currency": "EUR", "customer": "cust_ada"}}}'`;
}

function Step({ number, title, done, action, children }) {
  return html`
    <li class="overview-step">
      <span class=${done ? "overview-step-number done" : "overview-step-number"} aria-hidden="true">
        ${done ? html`<${Icon} name="check" />` : number}
      </span>
      <div>
        <h3>${title}${done && html`<span class="visually-hidden"> (done)</span>`}</h3>
        <div class="muted">${children}</div>
        ${action && html`<div class="overview-step-action">${action}</div>`}
      </div>
    </li>
  `;
}

function RuleStep({ hasRule, can }) {
  const make = can("earning_rules:write") && html`<${Button} to="rules/new">Create a rule</${Button}>`;
  const see = html`<${Button} to="rules">See the rules</${Button}>`;
  return html`
    <${Step} number="1" title="Say what earns points" done=${hasRule} action=${hasRule ? see : make}>
      A rule turns an event into points: 1 point for each euro paid, 500 for signing up.
    </${Step}>
  `;
}

function SimulateStep({ environment, can }) {
  if (environment !== "test" || !can("events:write")) return null;
  return html`
    <${Step} number="2" title="Simulate a payment" action=${html`<${Button} kind="primary" to="simulate">Simulate a payment</${Button}>`}>
      See what it earns, and why, without your shop being connected.
    </${Step}>
  `;
}

function SendStep({ environment, number }) {
  const request = firstEvent(environment);
  const keys = html`<${Button} to="keys">API keys</${Button}> <${Copy} value=${request} />`;
  return html`
    <${Step} number=${number} title="Send the first event from your shop" action=${keys}>
      <pre class="dev-code" tabindex="0" role="region" aria-label="The request for a shell">${request}</pre>
    </${Step}>
  `;
}

/** @param {{program: {id: string}}} props */
export function FirstSteps({ program }) {
  const { can } = useSession();
  const environment = useEnvironment();
  const rules = useQuery("/loyalty/earning-rules", { program: program.id, active: true, limit: 1 });
  const simulated = environment === "test" && can("events:write");
  return html`
    <${Card} title="First steps" subtitle="Nothing was received yet. From the first event on, this page shows what happens.">
      <ol class="overview-steps">
        <${RuleStep} hasRule=${(rules.data?.data.length ?? 0) > 0} can=${can} />
        <${SimulateStep} environment=${environment} can=${can} />
        <${SendStep} environment=${environment} number=${simulated ? "3" : "2"} />
      </ol>
    </${Card}>
  `;
}
