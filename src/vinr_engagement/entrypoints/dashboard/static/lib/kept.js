// What this browser remembers for its reader. Where it may keep nothing, it is remembered until the tab is closed.

const PREFIX = "vinr.dashboard.";
const memory = new Map();

/**
 * @param {string} name
 * @returns {string|null}
 */
export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return memory.get(name) ?? null;
  }
}

/**
 * @param {string} name
 * @param {string|null} value  null forgets it
 */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
  }
}
