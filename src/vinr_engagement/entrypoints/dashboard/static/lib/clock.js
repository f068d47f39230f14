// What time it is in the store that the reader looks at: a test store's clock can be set, and stands still then.

import { observable } from "./observable.js";

/** How a store's clock goes: `offset` in milliseconds from this machine's, or the moment at which it stands. */
export const storeClock = observable({ environment: null, frozenAt: null, offset: 0 });

/**
 * Takes over what the API says of the clock of a store.
 * @param {"test"|"live"} environment
 * @param {{now: string, frozen: boolean}|null} clock  null for real time
 */
export function setStoreClock(environment, clock) {
  const now = clock ? Date.parse(clock.now) : null;
  const goes = clock?.frozen ? { frozenAt: now, offset: 0 } : { frozenAt: null, offset: clock ? now - Date.now() : 0 };
  storeClock.set({ environment, ...goes });
}

/** Milliseconds since 1970 in the store. */
export function storeNow() {
  const { frozenAt, offset } = storeClock.get();
  return frozenAt ?? Date.now() + offset;
}
