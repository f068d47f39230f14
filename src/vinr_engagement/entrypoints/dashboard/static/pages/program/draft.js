// What a form is about to send: a plain object of the API's shape, changed place by place.

import { useCallback, useMemo, useState } from "../../lib/preact.js";
import { at, same, withValue } from "./paths.js";

/**
 * A draft that begins as `initial`, and anew whenever `key` changes.
 * @param {object} initial
 * @param {string} key
 * @returns {{draft: object, set: (path: string, value: unknown) => void, merge: (changes: object) => void, reset: () => void,
 *   field: (path: string) => {name: string, value: any, onChange: (value: any) => void}, isChanged: boolean}}
 *   `field` is what an input needs to show and change the place of its name
 */
export function useDraft(initial, key) {
  const [held, setHeld] = useState({ key, draft: initial });
  const draft = held.key === key ? held.draft : initial;
  const change = useCallback((made) => setHeld((now) => ({ key, draft: made(now.key === key ? now.draft : initial) })), [key]);
  const set = useCallback((path, value) => change((now) => withValue(now, path, value)), [change]);
  const merge = useCallback((changes) => change((now) => ({ ...now, ...changes })), [change]);
  const reset = useCallback(() => change(() => initial), [change, initial]);
  const field = (path) => ({ name: path, value: at(draft, path), onChange: (value) => set(path, value) });
  const isChanged = useMemo(() => !same(draft, initial), [draft, initial]);
  return { draft, set, merge, reset, field, isChanged };
}
