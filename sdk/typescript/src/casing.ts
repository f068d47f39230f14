/** Parameters in camelCase become the wire's snake_case; keys that belong to the caller stay as they are. */

/** `T` with its keys in snake_case, all the way down: what the API's own names look like. */
export type SnakeCased<T> = T extends Date
  ? T
  : T extends readonly (infer Each)[]
    ? readonly SnakeCased<Each>[]
    : T extends object
      ? { [Key in keyof T as Key extends string ? SnakeCase<Key> : Key]: SnakeCased<T[Key]> }
      : T;

/** `"lifetimePoints"` to `"lifetime_points"`. */
export type SnakeCase<Text extends string> = string extends Text
  ? Text
  : Text extends `${infer First}${infer Rest}`
    ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
    : Text;

/** Parameters in camelCase or in snake_case. */
export type EitherCase<T> = T | SnakeCased<T>;

/**
 * What goes out for `value`: keys in snake_case, times as RFC 3339 text.
 *
 * `verbatim` lists the places whose content is sent untouched, as dotted paths of wire names that pass through lists; an empty
 * path is the whole.
 * Throws a `TypeError` where a name is given in both spellings, and a `RangeError` for an invalid `Date`.
 */
export function toWire(value: unknown, verbatim: readonly string[] = [], place = ""): unknown {
  if (verbatim.includes(place)) return value;
  if (Array.isArray(value)) return value.map((each) => toWire(each, verbatim, place));
  if (typeof value !== "object" || value === null) return value;
  if ("toISOString" in value && typeof value.toISOString === "function") return value.toISOString();
  const given = new Map<string, unknown>();
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const name = snakeCase(key);
    if (given.has(name)) throw new TypeError(`${place && `${place}.`}${name} is given twice, as ${key} too.`);
    given.set(name, toWire(child, verbatim, place ? `${place}.${name}` : name));
  }
  return Object.fromEntries(given);
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
