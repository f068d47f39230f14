/**
 * Numbers, money, times and lists as they stand in a sentence. Pure: what a sentence may know comes in as its context.
 *
 * @typedef {Object} Words What sentences know beside the object that they tell of.
 * @property {string} [currency] The program's own currency, ISO 4217.
 * @property {string} [zone] The program's timezone, an IANA name.
 * @property {string} [points] What points are called, in the plural.
 * @property {string} [locale] Of numbers, money and dates; the reader's own unless given.
 * @property {{key: string, name: string}[]} [tiers] The program's tiers.
 * @property {Object<string, string>} [segments] Names of segments by id.
 * @property {Object<string, string>} [rewards] Names of rewards by id.
 */

/**
 * A number, or an exact decimal as text, with at most four places.
 * @param {number|string} value
 * @param {Words} [words]
 */
export function number(value, words = {}) {
  return new Intl.NumberFormat(words.locale, { maximumFractionDigits: 4 }).format(Number(value));
}

/**
 * How many places a currency has after the point.
 * @param {string} currency
 */
export function places(currency) {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits;
  } catch {
    return 2;
  }
}

/**
 * A currency's code where it is whole; while it is being typed, another in its place.
 * @param {string} [code]
 * @param {string} [otherwise]
 */
export function wholeCurrency(code, otherwise) {
  return /^[A-Z]{3}$/.test(code ?? "") ? code : otherwise;
}

/**
 * Money from minor units; whole amounts without places: £20, £19.99.
 * @param {number} minor
 * @param {string} [currency]
 * @param {Words} [words]
 */
export function cash(minor, currency, words = {}) {
  const code = currency || words.currency || "EUR";
  const amount = Number(minor) / 10 ** places(code);
  const options = { style: "currency", currency: code, trailingZeroDisplay: "stripIfInteger" };
  if (!Number.isInteger(amount * 10 ** places(code))) options.maximumFractionDigits = 6;
  try {
    return new Intl.NumberFormat(words.locale, options).format(amount);
  } catch {
    return `${amount} ${code}`;
  }
}

/**
 * So many points, by the program's name for them: "1 point", "2,500 points".
 * @param {number|string} value
 * @param {Words} [words]
 */
export function points(value, words = {}) {
  return `${number(value, words)} ${pointsName(value, words)}`;
}

function pointsName(value, words) {
  const name = words.points || "points";
  return Number(value) === 1 && name.endsWith("s") ? name.slice(0, -1) : name;
}

/**
 * A whole number with its noun.
 * @param {number} value
 * @param {string} one
 * @param {string} many
 * @param {Words} [words]
 */
export function count(value, one, many, words = {}) {
  return `${number(value, words)} ${Number(value) === 1 ? one : many}`;
}

/**
 * "a, b and c".
 * @param {string[]} entries
 * @param {"and"|"or"} [last]
 */
export function list(entries, last = "and") {
  if (entries.length < 2) return entries.join("");
  return `${entries.slice(0, -1).join(", ")} ${last} ${entries[entries.length - 1]}`;
}

/** "once", "twice", "3 times". */
export function times(value, words = {}) {
  if (Number(value) === 1) return "once";
  return Number(value) === 2 ? "twice" : `${number(value, words)} times`;
}

/**
 * What a factor does: "double", "triple", "1.5 times".
 * @param {number|string} factor
 * @param {Words} [words]
 */
export function factor(value, words = {}) {
  const known = { 2: "double", 3: "triple" };
  return known[Number(value)] || `${number(value, words)} times`;
}

/** The exact product of two decimals of at most four places, as text without trailing zeros. */
export function product(left, right) {
  const scaled = BigInt(tenThousandths(left)) * BigInt(tenThousandths(right));
  const text = scaled.toString().padStart(9, "0");
  const whole = text.slice(0, -8);
  const rest = text.slice(-8).replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : whole;
}

function tenThousandths(value) {
  return Math.round(Number(value) * 10_000) || 0;
}

/** Whether a text or number is a decimal that can be computed with. */
export function isDecimal(value) {
  return value !== null && value !== undefined && value !== "" && Number.isFinite(Number(value));
}

/**
 * A day, or a moment with its time of day where that is not midnight, in the program's timezone.
 * @param {string} iso
 * @param {Words} [words]
 */
export function moment(iso, words = {}) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return String(iso);
  return isMidnight(time, words) ? day(time, words) : `${day(time, words)}, ${clock(time, words)}`;
}

/**
 * When something is over that ends at this first moment after it: "the end of 31 May 2026" for a midnight.
 * @param {string} iso
 * @param {Words} [words]
 */
export function ending(iso, words = {}) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return String(iso);
  if (!isMidnight(time, words)) return moment(iso, words);
  return `the end of ${day(new Date(time.getTime() - 1), words)}`;
}

/**
 * From when until when, for the end of a sentence; empty where it is open on both sides.
 * @param {?string} startsAt
 * @param {?string} endsAt
 * @param {Words} [words]
 */
export function span(startsAt, endsAt, words = {}) {
  const from = startsAt ? `from ${moment(startsAt, words)}` : "";
  const until = endsAt ? `until ${ending(endsAt, words)}` : "";
  return [from, until].filter(Boolean).join(" ");
}

function day(time, words) {
  return formatted(time, { day: "numeric", month: "long", year: "numeric" }, words);
}

function clock(time, words) {
  return formatted(time, { hour: "2-digit", minute: "2-digit" }, words);
}

function formatted(time, options, words) {
  return new Intl.DateTimeFormat(words.locale, { ...options, timeZone: words.zone || "UTC" }).format(time);
}

function isMidnight(time, words) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: words.zone || "UTC" };
  const told = new Intl.DateTimeFormat("en-GB", options).format(time);
  return told === "00:00:00" && time.getMilliseconds() === 0;
}

/** The month of this number, 1 to 12. */
export function monthName(month, words = {}) {
  return formatted(new Date(Date.UTC(2026, month - 1, 15)), { month: "long" }, { ...words, zone: "UTC" });
}

/** The first letter large, a full stop at the end. */
export function sentence(text) {
  const plain = text.replace(/\s+/g, " ").trim();
  if (!plain) return "";
  return plain[0].toUpperCase() + plain.slice(1) + (/[.!?]$/.test(plain) ? "" : ".");
}

/** The name of a tier by its key. */
export function tierName(key, words = {}) {
  return (words.tiers || []).find((tier) => tier.key === key)?.name || String(key ?? "…");
}

/** A segment in quotes, by its name where it is known. */
export function segmentName(id, words = {}) {
  return id ? `“${words.segments?.[id] || id}”` : "a segment";
}

/** A reward in quotes, by its name where it is known. */
export function rewardName(id, words = {}) {
  return id ? `“${words.rewards?.[id] || id}”` : "a reward";
}
