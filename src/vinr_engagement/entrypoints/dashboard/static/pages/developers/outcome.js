// What came of a received event: for each program the member, what was written, and every rule with why or why not.

import { money, points, signed } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useProgram } from "../../lib/session.js";
import { Badge, Card, DefinitionList, Status } from "../../ui/index.js";
import { inWords } from "../overview/sentence.js";
import { useNames } from "../overview/names.js";
import { conditionText, eventReason, ruleReason } from "./reasons.js";

/** The names of rules and campaigns, by their id. */
function useTitles() {
  const rules = useQuery("/loyalty/earning-rules", { limit: 100 });
  const campaigns = useQuery("/loyalty/campaigns", { limit: 100 });
  const all = [...(rules.data?.data ?? []), ...(campaigns.data?.data ?? [])];
  return new Map(all.map((each) => [each.id, each.name]));
}

function WhyNot({ looked }) {
  if (looked.failed.length === 0) return html`<span class="muted">${ruleReason(looked.reason)}</span>`;
  return html`
    <span class="muted">${ruleReason(looked.reason)}</span>
    <ul class="outcome-failed">
      ${looked.failed.map((each) => html`<li key=${each.fact + each.op}>${conditionText(each)}</li>`)}
    </ul>
  `;
}

/** A rule or a campaign that was looked at. */
function Looked({ looked, title, to, note }) {
  const gave = looked.points !== 0;
  return html`
    <li class="outcome-rule">
      <span class="outcome-rule-mark"><${Badge} tone=${gave ? "green" : "neutral"}>${gave ? "Matched" : looked.matched ? "No points" : "No match"}<//></span>
      <span class="outcome-rule-name"><${Link} to=${to}>${title}<//> <small class="muted">${note}</small></span>
      <span class="outcome-rule-points">${gave ? `${signed(looked.points)} points` : "–"}</span>
      ${!gave && html`<div class="outcome-rule-why"><${WhyNot} looked=${looked} /></div>`}
    </li>
  `;
}

function Rules({ outcome, titles }) {
  const rules = outcome.rules.map(
    (rule) => html`
      <${Looked} key=${rule.rule + rule.version} looked=${rule} title=${titles.get(rule.rule) ?? rule.rule} to=${`rules/${rule.rule}`} note=${`version ${rule.version}`} />
    `,
  );
  const campaigns = outcome.campaigns.map(
    (each) => html`
      <${Looked}
        key=${each.campaign + each.index}
        looked=${each}
        title=${titles.get(each.campaign) ?? each.campaign}
        to=${`campaigns/${each.campaign}`}
        note=${inWords(each.mechanic)}
      />
    `,
  );
  if (rules.length + campaigns.length === 0) return html`<p class="muted">No rule was looked at.</p>`;
  return html`<ul class="outcome-rules" aria-label="Rules and campaigns that were looked at">${rules}${campaigns}</ul>`;
}

function amountOf(line) {
  return line.unit && line.unit !== "points" ? money(line.amount, line.unit) : `${signed(line.amount)} points`;
}

function Written({ lines }) {
  if (lines.length === 0) return null;
  return html`
    <ul class="outcome-written" aria-label="Transactions written">
      ${lines.map(
        (line) => html`
          <li key=${line.id}>
            <${Status} value=${line.type} /> <strong>${amountOf(line)}</strong>
            <${Link} to=${`members/${line.account}?transaction=${line.id}`}><code>${line.id}</code><//>
          </li>
        `,
      )}
    </ul>
  `;
}

function Member({ outcome, name }) {
  if (!outcome.account) return null;
  const balance = outcome.balance === null ? "" : `, who can spend ${points(outcome.balance)} points now`;
  return html`
    <p>
      ${outcome.enrolled ? "Enrolled " : "Member: "}<${Link} to=${`members/${outcome.account}`}>${name ?? outcome.account}<//>${balance}.
    </p>
  `;
}

function Program({ outcome, program, titles, name }) {
  return html`
    <section class="outcome-program">
      <h3>${program?.name ?? outcome.program} <${Status} value=${outcome.status} /></h3>
      ${outcome.reason && html`<p>${eventReason(outcome.reason)}</p>`}
      <${Member} outcome=${outcome} name=${name} />
      <${Written} lines=${outcome.transactions} />
      <${Rules} outcome=${outcome} titles=${titles} />
      ${outcome.cascade_limit && html`<p class="muted">Rules that react to rules were cut short after eight levels.</p>`}
      ${outcome.referral && html`<p>Referral ${outcome.referral.id}: ${inWords(outcome.referral.status)}. ${ruleReason(outcome.referral.reason)}</p>`}
    </section>
  `;
}

function paymentItems({ payment, redemptions = [], credit = [] }) {
  const items = [];
  if (payment) {
    const paid = payment.amount === null ? "not completed yet" : money(payment.amount, payment.currency);
    items.push(["Payment", payment.refunded ? `${payment.id}: ${paid}, refunded ${money(payment.refunded, payment.currency)}` : `${payment.id}: ${paid}`]);
  }
  for (const each of redemptions) items.push(["Redemption", `${each.redemption}: ${inWords(each.status)}. ${inWords(each.reason)}`]);
  for (const each of credit) items.push(["Store credit", `${money(each.amount, each.currency)}: ${inWords(each.status)}`]);
  return items;
}

/** Points that an outcome gave and took, in all its programs. */
export function pointsOf(outcome) {
  const lines = outcome.programs.flatMap((program) => program.transactions);
  return lines.filter((line) => !line.unit || line.unit === "points").reduce((sum, line) => sum + line.amount, 0);
}

function Headline({ outcome }) {
  const status = outcome.first_status ?? outcome.status;
  const lines = outcome.programs.flatMap((program) => program.transactions);
  const said = lines.length > 0 ? `${signed(pointsOf(outcome))} points` : eventReason(outcome.reason) || "It gave no points.";
  return html`
    <p class="outcome-headline" role="status">
      <${Status} value=${status} /> <strong>${said}</strong>
      ${outcome.status === "duplicate" && html`<span class="muted">Received before: this time nothing changed.</span>`}
    </p>
  `;
}

/** @param {{outcome: object, title?: string}} props the answer to an event */
export function Outcome({ outcome, title = "What came of it" }) {
  const titles = useTitles();
  const { programs } = useProgram();
  const names = useNames(outcome.programs.map((each) => each.account).filter(Boolean));
  const items = paymentItems(outcome);
  return html`
    <${Card} title=${title}>
      <${Headline} outcome=${outcome} />
      ${outcome.programs.map(
        (each) => html`
          <${Program}
            key=${each.program}
            outcome=${each}
            program=${programs.find((program) => program.id === each.program)}
            titles=${titles}
            name=${names.get(each.account)}
          />
        `,
      )}
      ${items.length > 0 && html`<${DefinitionList} items=${items} />`}
    <//>
  `;
}
