// Answers to what is tried: the last one kept while the next is on its way.

import { api } from "../../lib/api.js";
import { useCallback, useEffect, useState } from "../../lib/preact.js";

const NOTHING = { result: null, error: null, busy: true };

/** @returns {[any, (result: any) => any]} the result and what keeps a new one */
export function useResult() {
  const [result, setResult] = useState(null);
  const keep = useCallback((found) => {
    setResult(found);
    return found;
  }, []);
  return [result, keep];
}

/**
 * What the API answers to a body that is tried, without effect, whenever it is another one; never an older answer after a newer.
 * @param {string} path
 * @param {object|null} body  null tries nothing
 * @returns {{result: any, error: Error|null, busy: boolean, again: () => void}}
 */
export function useTried(path, body) {
  const [state, setState] = useState(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const text = JSON.stringify(body);
  useEffect(() => {
    if (body === null) return undefined;
    let isWanted = true;
    setState((before) => ({ ...before, busy: true }));
    api.post(path, body).then(
      (result) => isWanted && setState({ result, error: null, busy: false }),
      (error) => isWanted && setState((before) => ({ ...before, error, busy: false })),
    );
    return () => (isWanted = false);
  }, [path, text, attempt]);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...state, again };
}
