/**
 * Reading and changing a place in a plain object by its path as the API spells it: `conditions.conditions[1].value`. Pure.
 */

/** The parts of a path: names and places. */
export function parts(path) {
  return path.split(/[.[\]]+/).filter(Boolean).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** What stands at a path; undefined where nothing does. */
export function at(object, path) {
  return parts(path).reduce((place, part) => (place === null || place === undefined ? undefined : place[part]), object);
}

/** A copy with another value at a path; what is missing on the way is made. */
export function withValue(object, path, value) {
  return placed(object, parts(path), value);
}

function placed(place, [part, ...rest], value) {
  const copy = Array.isArray(place) ? [...place] : { ...(place || (typeof part === "number" ? [] : {})) };
  copy[part] = rest.length ? placed(copy[part] ?? (typeof rest[0] === "number" ? [] : {}), rest, value) : value;
  return copy;
}

/** Whether two plain values say the same. */
export function same(left, right) {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/**
 * The fields of a draft that differ from what is held, as a PATCH takes them: metadata key by key, null for one that went.
 * @param {Object} draft
 * @param {Object} held
 */
export function changes(draft, held) {
  const told = {};
  for (const [name, value] of Object.entries(draft)) {
    if (same(value ?? null, held[name] ?? null)) continue;
    told[name] = name === "metadata" ? changedKeys(value || {}, held.metadata || {}) : value;
  }
  return told;
}

function changedKeys(now, before) {
  const gone = Object.keys(before).filter((key) => !(key in now));
  const fresh = Object.entries(now).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...fresh, ...gone.map((key) => [key, null])]);
}
