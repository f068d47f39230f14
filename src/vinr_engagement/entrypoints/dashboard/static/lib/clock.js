// What time it is in the store that the reader looks at: a test store's clock can be set, and stands still then.

import { observable } from "./observable.js";

/** How the store's clock goes: `offset` in milliseconds from this machine's, or the moment at which it stands. */
export const storeClock = observable({ frozenAt: null, offset: 0 });

/**
 * Takes over what the API says of the clock.
 * @param {{now: string, frozen: boolean}|null} clock  null for real time
 */
export function setStoreClock(clock) {
  if (!clock) return storeClock.set({ frozenAt: null, offset: 0 });
  const now = Date.parse(clock.now);
  storeClock.set(clock.frozen ? { frozenAt: now, offset: 0 } : { frozenAt: null, offset: now - Date.now() });
}

/** Milliseconds since 1970 in the store. */
export function storeNow() {
  const { frozenAt, offset } = storeClock.get();
  return frozenAt ?? Date.now() + offset;
}
