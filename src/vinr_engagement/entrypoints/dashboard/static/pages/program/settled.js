// A value once it has stopped changing.

import { useEffect, useState } from "../../lib/preact.js";
import { same } from "./paths.js";

/**
 * What a value was when it last stood still for so long.
 * @template T
 * @param {T} value  plain data
 * @param {number} [milliseconds]
 * @returns {T}
 */
export function useSettled(value, milliseconds = 600) {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    if (same(settled, value)) return undefined;
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
