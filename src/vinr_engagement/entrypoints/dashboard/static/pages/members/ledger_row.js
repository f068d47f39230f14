// One row of a ledger as people read it: what it was, why, how much, and the balance after it.

import { html, useId, useState } from "../../lib/preact.js";
import { Button, DefinitionList, Id, JsonView, Time } from "../../ui/index.js";
import { money, points, signed } from "../../lib/format.js";
import { explain } from "./explain.js";
import { Pieces, Steps } from "./pieces.js";
import { idOf, reasonWords } from "./words.js";

/** @param {{row: object, names: import("./words.js").Names, open?: boolean}} props */
export function LedgerRow({ row, names, open = false }) {
  const [unfolded, setUnfolded] = useState(open);
  const region = useId();
  const told = explain(row, names);
  const account = idOf(row.account);
  return html`<li class="ledger-row" id=${row.id}>
    <div class="ledger-what">
      <h3 class="ledger-title">${told.title}</h3>
      <p class="ledger-why"><${Pieces} pieces=${told.sentence} account=${account} /></p>
      ${told.notes.map((note) => html`<p class="ledger-note"><${Pieces} pieces=${note} account=${account} /></p>`)}
    </div>
    <div class="ledger-amount"><${Amount} row=${row} /></div>
    <div class="ledger-foot">
      <${Time} value=${row.effective_at} />
      <${Button} kind="quiet" size="small" onClick=${() => setUnfolded(!unfolded)}
        aria-expanded=${unfolded} aria-controls=${region} aria-label=${`Details of ${told.title}`}>
        ${unfolded ? "Hide details" : "Details"}
      </${Button}>
    </div>
    <div id=${region} class="ledger-details" hidden=${!unfolded}>
      ${unfolded && html`<${Details} row=${row} told=${told} account=${account} />`}
    </div>
  </li>`;
}

function Amount({ row }) {
  const isCredit = row.object === "credit_transaction";
  const amount = isCredit ? `${row.amount > 0 ? "+" : ""}${money(row.amount, row.currency)}` : signed(row.amount);
  const after = isCredit ? money(row.balance_after, row.currency) : points(row.balance_after);
  return html`<span class=${`ledger-number ${row.amount < 0 ? "is-debit" : "is-credit"}`}>${amount}</span>
    <span class="ledger-after">balance ${after}</span>`;
}

function Details({ row, told, account }) {
  return html`
    ${told.steps.length > 0 && html`<${Steps} steps=${told.steps} account=${account} />`}
    <${DefinitionList} items=${factsOf(row)} />
    ${Object.keys(row.metadata).length > 0 && html`<${DefinitionList} items=${Object.entries(row.metadata)} />`}
    <details class="ledger-raw"><summary>As the API has it</summary><${JsonView} value=${row} /></details>
  `;
}

/** What else is known of a row: where it came from, and when. */
function factsOf(row) {
  const facts = [
    ["Transaction", html`<${Id} value=${row.id} />`],
    ["Reason", row.reason ? reasonWords(row.reason) : null],
    ["Source", row.source.id ? `${row.source.type} ${row.source.id}` : row.source.type],
    ["Event", row.event ? html`<${Id} value=${idOf(row.event)} to=${eventPath(row)} />` : null],
    ["Available", row.available_at ? html`<${Time} value=${row.available_at} />` : null],
    ["Expires", row.expires_at ? html`<${Time} value=${row.expires_at} />` : null],
    ["Happened", html`<${Time} value=${row.effective_at} />`],
    ["Written", html`<${Time} value=${row.created_at} />`],
  ];
  return facts.filter(([, value]) => value !== null);
}

/** An event of the shop's; or one of this engine's own, which brought the row where a rule reacts to such. */
function eventPath(row) {
  const identifier = idOf(row.event);
  const own = /^evt_[0-9a-z]{26}$/.test(identifier);
  return `${own ? "events" : "received"}/${encodeURIComponent(identifier)}`;
}
