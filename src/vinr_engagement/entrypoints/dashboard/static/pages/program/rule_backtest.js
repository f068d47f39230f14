// What a draft of a rule would have given on real events, beside the rules of today.

import { api } from "../../lib/api.js";
import { date, money, number, points, signed } from "../../lib/format.js";
import { html, useEffect } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { Button, Card, Notice, Row, Skeleton, Stack, Table } from "../../ui/index.js";
import { useResult } from "./result.js";
import { useSettled } from "./settled.js";

const EVENTS = 1_000;

/**
 * @param {{body: object, rule: string|null, words: object}} props  body: the draft as it would be made; rule: the one it replaces
 */
export function Backtest({ body, rule, words }) {
  const asked = useSettled({ program: body.program, rules: [body], ...(rule && { replaces: [rule] }), last: EVENTS });
  const [result, keep] = useResult();
  const { run, busy, error } = useAction(async () => keep(await api.post("/loyalty/earning-rules/backtest", asked)));
  const text = JSON.stringify(asked);
  useEffect(() => void run(), [text]);
  const again = html`<${Button} size="small" icon="refresh" busy=${busy} onClick=${() => run()}>Try again<//>`;
  return html`
    <${Card} title="On real events" subtitle=${subtitle(result)} actions=${again}>
      <div class=${busy && result ? "program-stale" : ""} aria-busy=${busy ? "true" : undefined} data-backtest>
        ${error && html`<${Notice} tone="amber" title="Not to be tried yet">${error.message}<//>`}
        ${!error && !result && html`<${Skeleton} lines=${5} />`}
        ${!error && result && html`<${Shown} result=${result} words=${words} />`}
      </div>
    <//>
  `;
}

function subtitle(result) {
  if (!result) return `What it would have given on the last ${number(EVENTS)} events.`;
  if (result.events === 0) return "No events yet.";
  const { first, last } = result.period ?? {};
  return `The last ${number(result.events)} events, ${date(first)} to ${date(last)}; ${number(result.members)} members.`;
}

function Shown({ result, words }) {
  const { today, proposed, difference } = result;
  if (result.events === 0) return html`<p class="program-quiet">As soon as events come in, you see here what the rule would have given on them.</p>`;
  return html`
    <${Stack}>
      <div class="program-compare">
        <${Side} label="Today’s rules" side=${today} most=${Math.max(today.points, proposed.points)} tone="before" />
        <${Side} label="With this rule" side=${proposed} most=${Math.max(today.points, proposed.points)} tone="after" />
        <p class="program-difference">
          <strong data-difference>${signed(difference.points)} points</strong>
          ${difference.percent !== null && html`<span class="program-quiet">${` (${signed(Number(difference.percent))}%)`}</span>`}
        </p>
      </div>
      <${Worth} difference=${difference} words=${words} />
      <${Examples} examples=${result.examples ?? []} />
      ${(result.notes ?? []).length > 0 && html`<ul class="program-notes">${result.notes.map((note) => html`<li key=${note}>${note}</li>`)}</ul>`}
    <//>
  `;
}

function Side({ label, side, most, tone }) {
  const width = most > 0 ? `${Math.max(0, Math.round((100 * side.points) / most))}%` : "0%";
  return html`
    <div class="program-side">
      <${Row} justify="between"><span>${label}</span><strong>${points(side.points)}</strong><//>
      <div class="program-bar"><span class=${tone} style=${{ width }}></span></div>
      <p class="program-quiet">${number(side.awards)} awards to ${number(side.members)} members</p>
    </div>
  `;
}

function Worth({ difference, words }) {
  if (!words.pointValue || difference.points === 0) return null;
  const worth = money(difference.points * words.pointValue, words.currency);
  return html`<p class="program-quiet">At what a point redeems for, that is ${worth}.</p>`;
}

function Examples({ examples }) {
  if (examples.length === 0) return html`<p class="program-quiet">No event would have given anything else.</p>`;
  const columns = [
    { key: "event", label: "Event", render: (row) => html`<${What} row=${row} />` },
    { key: "today", label: "Today", align: "end", render: (row) => points(row.today.points) },
    { key: "proposed", label: "Then", align: "end", render: (row) => html`<strong>${points(row.proposed.points)}</strong>` },
  ];
  return html`
    <div>
      <h3 class="program-heading">Where it differs most</h3>
      <${Table} caption="Events on which the rule differs most" columns=${columns} rows=${examples.slice(0, 8)} />
      ${examples[0].proposed.why && html`<p class="program-quiet">${whyOf(examples[0])}</p>`}
    </div>
  `;
}

function What({ row }) {
  const { event, amount, currency, type, created_at: at } = row;
  return html`<span title=${event}>${Number.isInteger(amount) ? money(amount, currency) : type}<br /><span class="program-quiet">${date(at)}</span></span>`;
}

function whyOf({ proposed }) {
  return typeof proposed.why === "string" ? `The first: ${proposed.why}` : "";
}
