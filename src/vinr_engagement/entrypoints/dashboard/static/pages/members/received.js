// Events that the shop sent about a member: what came of each, and why some came to nothing.

import { html, useId, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { money } from "../../lib/format.js";
import { reasonText } from "../../lib/reasons.js";
import { useAction, useList, useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Link, useQueryParams } from "../../lib/router.js";
import { Button, Card, Empty, ErrorNotice, JsonView, Select, Skeleton, Status, Time, toast } from "../../ui/index.js";
import { More } from "./activity.js";
import { refreshMember } from "./member_data.js";
import { judgementsOf } from "./outcome.js";
import { countOf } from "./words.js";

const CHOICES = [
  ["", "Every event"],
  ["ignored", "Ignored"],
  ["deferred", "Waiting"],
  ["processed", "Processed"],
];

/** @param {{account: object}} props */
export function Received({ account, program }) {
  const [params, set] = useQueryParams();
  const called = useNames(program);
  const list = useList("/received-events", { account: account.id, status: params.received });
  return html`<${Card} flush title="Events received" subtitle="What the shop sent about this member, and what came of it."
    actions=${html`<${Select} name="received" aria-label="Which events" value=${params.received ?? ""} options=${CHOICES}
      onChange=${(received) => set({ received })} />`}>
    <${Listed} list=${list} account=${account} called=${called} />
  </${Card}>`;
}

/** What the program's rules and campaigns are called. */
function useNames(program) {
  const rules = useQuery("/loyalty/earning-rules", { program: program.id, limit: 100 });
  const campaigns = useQuery("/loyalty/campaigns", { program: program.id, limit: 100 });
  const named = ({ data }) => Object.fromEntries((data?.data ?? []).map(({ id, name }) => [id, name]));
  return { rules: named(rules), campaigns: named(campaigns) };
}

function Listed({ list, account, called }) {
  if (list.error && list.items.length === 0) return html`<div class="pad"><${ErrorNotice} error=${list.error} retry=${list.reload} /></div>`;
  if (list.loading) return html`<div class="pad"><${Skeleton} lines=${6} /></div>`;
  if (list.items.length === 0) {
    return html`<${Empty} title="No such event">Events that name this member or their customer appear here.</${Empty}>`;
  }
  return html`<ul class="ledger">
      ${list.items.map((event) => html`<${ReceivedRow} key=${event.id} ...${{ event, account, called }} />`)}
    </ul>
    <${More} list=${list} />`;
}

function ReceivedRow({ event, account, called }) {
  const { can } = useSession();
  const [unfolded, setUnfolded] = useState(false);
  const region = useId();
  const judged = judgementsOf(event.outcome, account.program.id, called);
  const shown = event.status === "processed" ? judged.gave : [...judged.gave, ...judged.refused];
  return html`<li class="ledger-row">
    <div class="ledger-what">
      <h3 class="ledger-title">
        <${Link} to=${`received/${encodeURIComponent(event.id)}`}>${event.type}</${Link}> <${Status} value=${event.status} />
      </h3>
      <p class="ledger-why">${outcomeWords(event, judged)}</p>
      ${shown.map((line) => html`<p class="ledger-note">${line}</p>`)}
    </div>
    <div class="ledger-amount">
      <span class="ledger-number">${amountOf(event)}</span>
      ${event.status === "ignored" && can("events:write") && html`<${Replay} event=${event} account=${account} />`}
    </div>
    <div class="ledger-foot">
      <${Time} value=${event.created_at} />
      <${Button} kind="quiet" size="small" aria-expanded=${unfolded} aria-controls=${region} aria-label=${`Details of ${event.id}`}
        onClick=${() => setUnfolded(!unfolded)}>${unfolded ? "Hide details" : "Details"}</${Button}>
    </div>
    <div id=${region} class="ledger-details" hidden=${!unfolded}>
      ${unfolded && html`
        ${event.status === "processed" && judged.refused.map((line) => html`<p class="ledger-note">${line}</p>`)}
        <${JsonView} value=${event.body} label=${`Body of ${event.id}`} />
      `}
    </div>
  </li>`;
}

/** The money that the event is about, where it is about money. */
function amountOf({ body, outcome }) {
  const { amount, amount_refunded: refunded, currency = outcome?.payment?.currency } = body.data?.object ?? {};
  const sum = refunded ?? amount;
  return Number.isSafeInteger(sum) && /^[A-Z]{3}$/.test(currency) ? money(sum, currency) : "";
}

function outcomeWords(event, judged) {
  if (event.outcome === null) return "What came of it was erased with the member.";
  if (event.status !== "processed") return reasonText(judged.reason);
  if (judged.points === 0) return "It took effect, and no points moved.";
  return `${countOf(Math.abs(judged.points))} ${judged.points > 0 ? "earned" : "taken back"}.`;
}

/** Evaluates an ignored event again, by the rules of now. */
function Replay({ event, account }) {
  const action = useAction(async () => {
    const outcome = await api.post(`/events/${encodeURIComponent(event.id)}/replay`, { account: account.id });
    const words = outcome.status === "processed" ? "It took effect now." : `Still ignored: ${reasonText(outcome.reason)}`;
    toast(words, outcome.status === "processed" ? "green" : "red");
    refreshMember();
  });
  return html`<${Button} size="small" busy=${action.busy} onClick=${() => action.run()} aria-label=${`Replay ${event.id}`}>Replay</${Button}>
    ${action.error && html`<p class="ledger-note" role="alert">${action.error.message}</p>`}`;
}
