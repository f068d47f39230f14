// The test store's clock: stop it, move it on, see what time brings.

import { api } from "../../lib/api.js";
import { dateTime } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate, useAction } from "../../lib/query.js";
import { useClock, useEnvironment, useProgram, useSession } from "../../lib/session.js";
import { Badge, Button, Card, DateTimeInput, ErrorNotice, Field, Form, Notice, Page, toast } from "../../ui/index.js";
import { LiveFeed } from "../overview/feed.js";

const STEPS = [
  ["1 day", { days: 1 }],
  ["1 week", { days: 7 }],
  ["1 month", { months: 1 }],
  ["1 year", { months: 12 }],
];

/**
 * A later moment, by the calendar in UTC; a day that a month lacks becomes its last.
 *
 * @param {string} instant @param {{days?: number, months?: number}} step @returns {string}
 */
export function later(instant, { days = 0, months = 0 }) {
  const moved = new Date(instant);
  const day = moved.getUTCDate();
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months + 1, 0);
  moved.setUTCDate(Math.min(day, moved.getUTCDate()) + days);
  return moved.toISOString();
}

/** A clock that follows real time is stopped at the new time; one that stands still is moved on. */
function move({ frozen }, to) {
  return frozen ? api.post("/test-helpers/clock/advance", { to }) : api.post("/test-helpers/clock", { now: to });
}

function useMove(clock, zone) {
  return useAction(async (to) => {
    const { now } = to === null ? await api.delete("/test-helpers/clock") : await move(clock, to);
    invalidate("");
    toast(to === null ? "The clock follows real time" : `It is ${dateTime(now, zone)} now`);
  });
}

function Steps({ clock, moving }) {
  const step = ([label, by]) =>
    html`<${Button} key=${label} busy=${moving.busy} onClick=${() => moving.run(later(clock.now, by))}>${`+ ${label}`}</${Button}>`;
  return html`<div class="row wrap gap-2" role="group" aria-label="Move on by">${STEPS.map(step)}</div>`;
}

function SetTo({ clock, moving, zone }) {
  const [to, setTo] = useState(null);
  return html`
    <${Form} onSubmit=${() => to && moving.run(to)} busy=${moving.busy} error=${moving.error} class="stack gap-3">
      <${Field} name="now" label="Or set it to" hint="Forward only">
        <${DateTimeInput} value=${to ?? clock.now} zone=${zone} onChange=${setTo} />
      </${Field}>
      <${Button} type="submit" busy=${moving.busy} disabled=${to === null}>Set the clock</${Button}>
    </${Form}>
  `;
}

function Controls({ clock, zone }) {
  const { can } = useSession();
  const moving = useMove(clock, zone);
  const setting = useMove(clock, zone);
  if (!can("test_helpers:write")) return html`<p class="muted">Your role may look at the clock, not move it.</p>`;
  return html`
    <p class="muted">Points become available and expire, tiers and campaigns change, as they would if the time had passed.</p>
    <${Steps} clock=${clock} moving=${moving} />
    ${moving.error && html`<${ErrorNotice} error=${moving.error} />`}
    <${SetTo} key=${clock.frozen ? clock.now : ""} clock=${clock} moving=${setting} zone=${zone} />
    ${clock.frozen && html`<${Button} icon="play" busy=${moving.busy} onClick=${() => moving.run(null)}>Rejoin real time</${Button}>`}
  `;
}

export default function Clock() {
  const environment = useEnvironment();
  const clock = useClock();
  const { program } = useProgram();
  const zone = program?.timezone ?? "UTC";
  if (environment !== "test") {
    return html`<${Page} title="Test clock"><${Notice} tone="neutral" title="Only in the test store">Live time is real time.</${Notice}></${Page}>`;
  }
  const badge = html`<${Badge} tone=${clock.frozen ? "amber" : "green"}>${clock.frozen ? "Stands still" : "Follows real time"}</${Badge}>`;
  return html`
    <${Page} title="Test clock" subtitle="Let a month pass, and see what it brings">
      <div class="dev-halves">
        <${Card} title="Now in the test store" subtitle=${zone} actions=${badge}>
          <div class="stack gap-4">
            <p class="dev-now">${dateTime(clock.now, zone)}</p>
            <${Controls} clock=${clock} zone=${zone} />
          </div>
        </${Card}>
        <${LiveFeed} />
      </div>
    </${Page}>
  `;
}
