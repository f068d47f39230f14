// Figures and times as the reader writes them. What is not there is a dash.

import { storeNow } from "./clock.js";

const NOTHING = "–";
const formats = new Map();

/** A format that is made once: making one takes longer than using it. */
function formatOf(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new kind(undefined, options));
  return formats.get(key);
}

function numeric(value, options) {
  return value === null || value === undefined ? NOTHING : formatOf(Intl.NumberFormat, options).format(value);
}

/** A whole number of points: 12,345. */
export const points = (amount) => numeric(amount, { maximumFractionDigits: 0 });

/** With its sign, unless it is 0: +500. */
export const signed = (amount) => numeric(amount, { signDisplay: "exceptZero", maximumFractionDigits: 0 });

/** @param {number|string|null|undefined} value */
export const number = (value) => numeric(value, { maximumFractionDigits: 4 });

/** Short: 12K, 3.4M. */
export const compact = (value) => numeric(value, { notation: "compact", maximumFractionDigits: 1 });

/**
 * A share as the API gives it, 0.1234 being 12.3 %.
 * @param {string|number|null|undefined} share
 */
export const percent = (share) => numeric(share, { style: "percent", maximumFractionDigits: 1 });

/**
 * An amount of money.
 * @param {number|null|undefined} minor  in the currency's smallest unit
 * @param {string} currency
 */
export function money(minor, currency) {
  if (minor === null || minor === undefined) return NOTHING;
  const format = formatOf(Intl.NumberFormat, { style: "currency", currency });
  return format.format(majorUnits(minor, digitsOf(currency)));
}

/** An amount in major units as an exact decimal text, which number formats take without rounding it first. */
function majorUnits(minor, digits) {
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return (minor < 0 ? "-" : "") + (digits ? `${whole}.${text.slice(-digits)}` : whole);
}

/**
 * How many decimals a currency has: 2 for EUR, 0 for JPY.
 * @param {string} currency
 */
export function digitsOf(currency) {
  return formatOf(Intl.NumberFormat, { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

function timed(value, options) {
  return value ? formatOf(Intl.DateTimeFormat, options).format(new Date(value)) : NOTHING;
}

/** A day: 3 Jan 2026. A text that is a day alone is that day everywhere. */
export function date(value, zone) {
  const isDay = typeof value === "string" && value.length === 10;
  return timed(value, { dateStyle: "medium", timeZone: isDay ? "UTC" : zone });
}

/** A day and a time: 3 Jan 2026, 14:05. */
export const dateTime = (value, zone) => timed(value, { dateStyle: "medium", timeStyle: "short", timeZone: zone });

/** A day and a time with seconds and the zone, for whoever asks exactly. */
export const exactTime = (value, zone) => timed(value, { dateStyle: "full", timeStyle: "long", timeZone: zone });

/** A month as the API writes it, `2026-01`: January 2026. */
export const month = (value) => timed(value && `${value}-01`, { year: "numeric", month: "short", timeZone: "UTC" });

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * How long ago, or how soon: 3 hours ago.
 * @param {string|null|undefined} value
 * @param {number} [now]  the time of the store, unless another is meant, as for people, who live in real time
 */
export function relative(value, now = storeNow()) {
  if (!value) return NOTHING;
  const seconds = (Date.parse(value) - now) / 1_000;
  const format = formatOf(Intl.RelativeTimeFormat, { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/**
 * A number and the noun that fits it: 1 member, 2 members.
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

/** @param {string | null | undefined} word such as `goodwill_credit` @returns {string} `Goodwill credit` */
export function inWords(word) {
  if (!word) return "";
  const spaced = word.replaceAll(/[_.]+/g, " ").replace(/^api\b/, "API").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
