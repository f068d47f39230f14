// Instants and what clocks on the wall say, in any time zone.

/**
 * The reader's own zone, like `Europe/London`.
 * @returns {string}
 */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * What the clock on a wall of the zone says at an instant: `2026-03-29T08:30`, with seconds where there are some.
 * @param {string|number} instant
 * @param {string} [zone]
 */
export function wallTime(instant, zone = ownZone()) {
  const parts = partsOf(new Date(instant), zone);
  const seconds = parts.second === "00" ? "" : `:${parts.second}`;
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}${seconds}`;
}

/**
 * The day of an instant in the zone: `2026-03-29`.
 * @param {string|number} instant
 * @param {string} [zone]
 */
export const dayOf = (instant, zone) => wallTime(instant, zone).slice(0, 10);

/**
 * When clocks on walls of the zone say so, as the API writes instants. A time that clocks skip is taken as that much later; of one
 * that they show twice, the first is meant.
 * @param {string} wall  `2026-03-29T08:30`, or a day alone for its beginning
 * @param {string} [zone]
 */
export function instantOf(wall, zone = ownZone()) {
  const meant = Date.parse(`${wall.includes("T") ? wall : `${wall}T00:00`}Z`);
  const offsets = [meant - 86_400_000, meant + 86_400_000].map((instant) => offsetOf(instant, zone));
  const found = offsets.map((offset) => meant - offset).filter((instant) => instant + offsetOf(instant, zone) === meant);
  const instant = found.length > 0 ? Math.min(...found) : meant - Math.min(...offsets);
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

/** By how many milliseconds the zone is ahead of UTC at an instant. */
function offsetOf(instant, zone) {
  const whole = Math.floor(instant / 1_000) * 1_000;
  const { year, month, day, hour, minute, second } = partsOf(new Date(whole), zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

const formats = new Map();

function partsOf(date, timeZone) {
  if (!formats.has(timeZone)) {
    const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
    formats.set(timeZone, new Intl.DateTimeFormat("en-GB", { ...digits, hourCycle: "h23", calendar: "gregory", timeZone }));
  }
  return Object.fromEntries(formats.get(timeZone).formatToParts(date).map(({ type, value }) => [type, value]));
}
