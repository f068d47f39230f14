// A value that outlives components, and tells them when it changes.

import { useEffect, useReducer } from "./preact.js";

/**
 * @template T
 * @typedef {object} Observable
 * @property {() => T} get
 * @property {(value: T) => void} set  tells everybody, unless it is the value that was there
 * @property {(listener: (value: T) => void) => () => void} subscribe  answers what ends it
 */

/**
 * @template T
 * @param {T} value
 * @returns {Observable<T>}
 */
export function observable(value) {
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Draws a component anew, whenever it calls what this answers. */
export function useRedraw() {
  return useReducer((count) => count + 1, 0)[1];
}

/**
 * The value, and the component drawn anew with each change.
 * @template T
 * @param {Observable<T>} source
 * @returns {T}
 */
export function useObservable(source) {
  const redraw = useRedraw();
  const shown = source.get();
  useEffect(() => {
    if (!Object.is(source.get(), shown)) redraw();
    return source.subscribe(() => redraw());
  }, [source]);
  return shown;
}
