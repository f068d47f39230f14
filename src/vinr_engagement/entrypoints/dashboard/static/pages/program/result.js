// The last answer, kept while the next one is on its way.

import { useCallback, useState } from "../../lib/preact.js";

/** @returns {[any, (result: any) => any]} the result and what keeps a new one */
export function useResult() {
  const [result, setResult] = useState(null);
  const keep = useCallback((found) => {
    setResult(found);
    return found;
  }, []);
  return [result, keep];
}
