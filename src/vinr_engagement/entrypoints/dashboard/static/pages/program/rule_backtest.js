// What a draft of a rule would have given on real events, beside the rules of today.

import { date, money, number, plural, points, signed } from "../../lib/format.js";
import { html, useRef } from "../../lib/preact.js";
import { Button, Card, Notice, Row, Skeleton, Stack, Table } from "../../ui/index.js";
import { reasonWords } from "./reasons.js";
import { useTried } from "./result.js";
import { ruleSentence } from "./sentence.js";
import { useSettled } from "./settled.js";

const EVENTS = 1_000;
const EXAMPLES = 8;

/**
 * @param {{body: object, rule: string|null, words: object}} props  body: the draft as it would be made; rule: the one it replaces
 */
export function Backtest({ body, rule, words }) {
  const whole = (draft) => !ruleSentence(draft, words).includes("…");
  const isWhole = whole(body);
  const settled = useSettled({ program: body.program, rules: [body], ...(rule && { replaces: [rule] }), last: EVENTS });
  const asked = useWhole(settled, whole(settled.rules[0]));
  const { result, error, busy, again: tryAgain } = useTried("/loyalty/earning-rules/backtest", asked);
  const again = html`<${Button} kind="quiet" size="small" icon="refresh" label="Try again" busy=${busy} onClick=${tryAgain} />`;
  return html`
    <${Card} title="On real events" subtitle=${subtitle(result, words.zone)} actions=${again}>
      <div class=${busy && result ? "program-stale" : ""} aria-busy=${busy ? "true" : undefined} data-backtest>
        ${!isWhole && html`<p class="program-quiet">Fill in the rest, and you see what it would have given.</p>`}
        ${error && html`<${Notice} tone="amber" title="Not to be tried yet">${error.message}<//>`}
        ${isWhole && !error && !result && html`<${Skeleton} lines=${5} />`}
        ${isWhole && !error && result && html`<${Shown} result=${result} words=${words} trigger=${body.trigger} replaced=${rule} />`}
      </div>
    <//>
  `;
}

/** The last body that was whole; null until one was. */
function useWhole(body, isWhole) {
  const last = useRef(null);
  if (isWhole) last.current = body;
  return last.current;
}

function subtitle(result, zone) {
  if (!result) return `What it would have given on the last ${number(EVENTS)} events.`;
  if (result.events === 0) return "No events yet.";
  const { first, last } = result.period;
  return `The last ${number(result.events)} events, ${date(first, zone)} to ${date(last, zone)}, of ${plural(result.members, "member", "members")}.`;
}

function Shown({ result, words, trigger, replaced }) {
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
      <${ByRule} rules=${result.rules} replaced=${replaced} />
      <${Examples} examples=${result.examples} words=${words} trigger=${trigger} />
      <ul class="program-notes">${result.notes.map((note) => html`<li key=${note}>${note}</li>`)}</ul>
    <//>
  `;
}

function Side({ label, side, most, tone }) {
  const width = most > 0 ? `${Math.max(0, Math.round((100 * side.points) / most))}%` : "0%";
  return html`
    <div class="program-side">
      <${Row} justify="between"><span>${label}</span><strong>${points(side.points)}</strong><//>
      <div class="program-bar"><span class=${tone} style=${{ width }}></span></div>
      <p class="program-quiet">${plural(side.awards, "award", "awards")} to ${plural(side.members, "member", "members")}</p>
    </div>
  `;
}

function Worth({ difference, words }) {
  if (!words.pointValue || difference.points === 0) return null;
  const worth = money(difference.points * words.pointValue, words.currency);
  return html`<p class="program-quiet">At what a point redeems for, that is ${worth}.</p>`;
}

/** Rule by rule, where there are several. */
function ByRule({ rules, replaced }) {
  const lines = merged(rules, replaced);
  if (lines.length < 2) return null;
  const columns = [
    { key: "name", label: "Rule", render: ({ name, rule }) => (rule ? name : html`<strong>This rule</strong>`) },
    { key: "today", label: "Today", align: "end", render: ({ today }) => points(today) },
    { key: "proposed", label: "Then", align: "end", render: ({ proposed }) => points(proposed) },
  ];
  return html`<${Table} caption="Points by rule" columns=${columns} rows=${lines} rowKey=${({ rule }) => rule ?? "draft"} />`;
}

/**
 * Each rule that gives something once, with what it gives on either side; null where it is not on that side. A rule and the draft
 * that takes its place are one.
 */
function merged(rules, replaced) {
  const lines = new Map();
  for (const { rule: id, name, side, points: given } of rules) {
    const rule = id === replaced ? null : id;
    lines.set(rule, { rule, name, today: null, proposed: null, ...lines.get(rule), [side]: given });
  }
  return [...lines.values()].filter(({ rule, today, proposed }) => rule === null || today > 0 || proposed > 0);
}

function Examples({ examples, words, trigger }) {
  const differing = examples.filter(({ today, proposed }) => today.points !== proposed.points);
  if (differing.length === 0) return html`<p class="program-quiet">No event would have given anything else.</p>`;
  const columns = [
    { key: "event", label: "Event", render: (row) => html`<${What} row=${row} words=${words} trigger=${trigger} />` },
    { key: "today", label: "Today", align: "end", render: (row) => points(row.today.points) },
    { key: "proposed", label: "Then", align: "end", render: (row) => html`<strong>${points(row.proposed.points)}</strong>` },
  ];
  return html`
    <div>
      <h3 class="program-heading">Where it differs most</h3>
      <${Table} caption="Events on which the rule differs most" columns=${columns} rows=${differing.slice(0, EXAMPLES)}
        rowKey=${({ event }) => event} rowHref=${({ event }) => `received/${encodeURIComponent(event)}`} />
    </div>
  `;
}

function What({ row, words, trigger }) {
  const { amount, currency, type, customer, created_at: at } = row;
  const why = row.proposed.why.filter(({ rule, reason }) => rule === null && reason).map((line) => reasonWords(line, words, trigger));
  return html`
    ${Number.isInteger(amount) ? money(amount, currency) : type}
    <span class="program-line">${[date(at, words.zone), customer].filter(Boolean).join(" · ")}</span>
    ${why.map((text) => html`<span key=${text} class="program-line">${text}</span>`)}
  `;
}
