// What came of a received event: for each program the member, what was written, and every rule with why or why not.

import { inWords, money, points, signed } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Link } from "../../lib/router.js";
import { useProgram } from "../../lib/session.js";
import { Card, DefinitionList, Status } from "../../ui/index.js";
import { useNames } from "../overview/names.js";
import { LookedAt } from "./looked_at.js";
import { reasonText } from "../../lib/reasons.js";

const arePoints = (line) => !line.unit || line.unit === "points";
const amountText = (line) => (arePoints(line) ? `${signed(line.amount)} points` : money(line.amount, line.unit));
const linesOf = (outcome) => outcome.programs.flatMap((program) => program.transactions);

/** Points that an outcome gave and took, in all its programs. */
export function pointsOf(outcome) {
  return linesOf(outcome)
    .filter(arePoints)
    .reduce((sum, line) => sum + line.amount, 0);
}

function Written({ lines }) {
  if (lines.length === 0) return null;
  const line = (each) => html`
    <li key=${each.id}>
      <${Status} value=${each.type} /><strong class="figure">${amountText(each)}</strong>
      <${Link} to=${`members/${each.account}?row=${each.id}`}><code>${each.id}</code></${Link}>
    </li>
  `;
  return html`<ul class="outcome-written" aria-label="Transactions written">${lines.map(line)}</ul>`;
}

function Member({ outcome, name }) {
  const { account, enrolled, balance } = outcome;
  if (!account) return null;
  const can = balance === null ? "" : ` can spend ${points(balance)} points now`;
  return html`<p>${enrolled && "Newly enrolled: "}<${Link} to=${`members/${account}`}>${name ?? account}</${Link}>${can}.</p>`;
}

/** `isAlone`: what the event came to is what it came to here, and stands above. */
function Program({ outcome, name, isAlone }) {
  const { programs } = useProgram();
  const { reason, cascade_limit: isCut, referral } = outcome;
  const title = programs.find(({ id }) => id === outcome.program)?.name ?? outcome.program;
  return html`
    <section class="outcome-program">
      <h3>${title} ${!isAlone && html`<${Status} value=${outcome.status} />`}</h3>
      ${reason && !isAlone && html`<p>${reasonText(reason)}</p>`}
      <${Member} outcome=${outcome} name=${name} />
      <${Written} lines=${outcome.transactions} />
      <${LookedAt} outcome=${outcome} />
      ${isCut && html`<p class="muted">Rules that react to rules were cut short after eight levels.</p>`}
      ${referral && html`<p>Referral ${referral.id}: ${inWords(referral.status)}. ${reasonText(referral.reason)}</p>`}
    </section>
  `;
}

function paymentText({ id, amount, currency, refunded }) {
  const paid = amount === null ? "not completed yet" : money(amount, currency);
  return refunded ? `${id}: ${paid}, ${currency ? money(refunded, currency) : refunded} refunded` : `${id}: ${paid}`;
}

function besides({ payment, redemptions = [], credit = [] }) {
  const used = redemptions.map((each) => ["Redemption", `${each.redemption}: ${inWords(each.status)}. ${inWords(each.reason)}`]);
  const returned = credit.map((each) => ["Store credit", `${money(each.amount, each.currency)}: ${inWords(each.status)}`]);
  return [payment && ["Payment", paymentText(payment)], ...used, ...returned].filter(Boolean);
}

function Headline({ outcome }) {
  const gave = linesOf(outcome).some(arePoints);
  const said = gave ? `${signed(pointsOf(outcome))} points` : reasonText(outcome.reason) || "No points.";
  return html`
    <p class="outcome-headline" role="status">
      <${Status} value=${outcome.status} /> <strong>${said}</strong>
      ${outcome.status === "duplicate" && html`<span class="muted">Received before: this time nothing changed.</span>`}
    </p>
  `;
}

/** @param {{outcome: object, title?: string}} props  the answer to an event */
export function Outcome({ outcome, title = "What came of it" }) {
  const names = useNames(outcome.programs.map((each) => each.account));
  const items = besides(outcome);
  const isAlone = outcome.programs.length === 1;
  return html`
    <${Card} title=${title}>
      <div class="stack gap-4">
        <${Headline} outcome=${outcome} />
        ${outcome.programs.map(
          (each) => html`<${Program} key=${each.program} outcome=${each} name=${names.get(each.account)} isAlone=${isAlone} />`,
        )}
        ${items.length > 0 && html`<${DefinitionList} items=${items} />`}
      </div>
    </${Card}>
  `;
}
