// The period that a page looks at, kept in its address.

import { date } from "../lib/format.js";
import { html, useState } from "../lib/preact.js";
import { useQueryParams } from "../lib/router.js";
import { useClock, useProgram } from "../lib/session.js";
import { dayOf } from "../lib/zone.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Field, Form } from "./form.js";
import { TextInput } from "./inputs.js";
import { Menu } from "./menu.js";

const DAY = 86_400_000;
const LENGTHS = { "7d": ["Last 7 days", 7, "day"], "30d": ["Last 30 days", 30, "day"], "90d": ["Last 90 days", 90, "week"] };
const YEAR = "12m";
const DEFAULT = "30d";
const CUSTOM = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/;

const plus = (day, days) => new Date(Date.parse(`${day}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
const daysFrom = (gte, lt) => Math.round((Date.parse(lt) - Date.parse(gte)) / DAY);

/**
 * @typedef {object} Period
 * @property {string} gte  the first day, in the program's zone: `2026-01-31`
 * @property {string} lt  the day after the last
 * @property {{gte: string, lt: string}} previous  the period of the same length before
 * @property {"day"|"week"|"month"} interval  in which a chart of it is drawn
 * @property {string} label
 * @property {string} key  as the address has it
 * @property {(key: string) => void} choose  `7d`, `30d`, `90d`, `12m`, or two days: `2026-01-01..2026-03-31`, the last one included
 */

/** @returns {Period} */
export function usePeriod() {
  const [query, setQuery] = useQueryParams();
  const { now } = useClock();
  const { program } = useProgram();
  const key = query.period ?? DEFAULT;
  const today = dayOf(now, program?.timezone);
  return { ...periodOf(key, today), choose: (next) => setQuery({ period: next === DEFAULT ? null : next }) };
}

/** The period that a key means on a day, which is the last of it unless the key names days. */
export function periodOf(key, today) {
  const tomorrow = plus(today, 1);
  const custom = CUSTOM.exec(key);
  if (custom) {
    const [gte, lt] = [custom[1], plus(custom[2], 1)];
    if (lt > gte) return between(key, gte, lt, `${date(gte)} – ${date(custom[2])}`, intervalOf(daysFrom(gte, lt)));
  }
  if (key === YEAR) return between(key, yearBefore(tomorrow), tomorrow, "Last 12 months", "month");
  const known = Object.hasOwn(LENGTHS, key) ? key : DEFAULT;
  const [label, days, interval] = LENGTHS[known];
  return between(known, plus(tomorrow, -days), tomorrow, label, interval);
}

function between(key, gte, lt, label, interval) {
  const before = key === YEAR ? yearBefore(gte) : plus(gte, -daysFrom(gte, lt));
  return { key, gte, lt, label, interval, previous: { gte: before, lt: gte } };
}

function yearBefore(day) {
  return `${Number(day.slice(0, 4)) - 1}${day.slice(4) === "-02-29" ? "-02-28" : day.slice(4)}`;
}

const intervalOf = (days) => (days <= 45 ? "day" : days <= 190 ? "week" : "month");

/** Chooses the period that `usePeriod` answers. */
export function PeriodPicker() {
  const period = usePeriod();
  const [isAsking, setAsking] = useState(false);
  const options = [...Object.entries(LENGTHS).map(([key, [label]]) => [key, label]), [YEAR, "Last 12 months"]];
  const items = options.map(([key, label]) => ({ label, checked: key === period.key, onSelect: () => period.choose(key) }));
  const custom = { label: "Choose days…", checked: CUSTOM.test(period.key), onSelect: () => setAsking(true) };
  return html`
    <${Menu} icon="calendar" label=${period.label} name=${`Period: ${period.label}`} items=${[...items, custom]} />
    ${isAsking && html`<${Days} period=${period} onClose=${() => setAsking(false)} />`}
  `;
}

function Days({ period, onClose }) {
  const [from, setFrom] = useState(period.gte);
  const [to, setTo] = useState(plus(period.lt, -1));
  const isRight = from && to && from <= to;
  const apply = () => {
    if (!isRight) return;
    period.choose(`${from}..${to}`);
    onClose();
  };
  const footer = html`
    <${Button} onClick=${onClose}>Cancel</${Button}><${Button} kind="primary" disabled=${!isRight} onClick=${apply}>Apply</${Button}>
  `;
  return html`
    <${Dialog} title="Choose days" onClose=${onClose} footer=${footer}>
      <${Form} onSubmit=${apply}>
        <${Field} name="from" label="First day"><${TextInput} type="date" value=${from} onChange=${setFrom} /></${Field}>
        <${Field} name="to" label="Last day" error=${isRight ? null : "The last day must not be before the first."}>
          <${TextInput} type="date" value=${to} onChange=${setTo} />
        </${Field}>
      </${Form}>
    </${Dialog}>
  `;
}
