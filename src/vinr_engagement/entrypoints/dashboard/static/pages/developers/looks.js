// What follows a moment later, and is announced by nothing.

import { useEffect, useRef } from "../../lib/preact.js";

const FIRST_LOOK = 700;
const LOOKS = 6;

/**
 * A delivery follows what it tells of by a moment: looks a few times, each a little later than the one before.
 *
 * @param {() => void} look
 * @returns {() => void} begins it
 */
export function useLooks(look) {
  const timers = useRef([]);
  const forget = () => timers.current.forEach(clearTimeout);
  useEffect(() => forget, []);
  return () => {
    forget();
    timers.current = Array.from({ length: LOOKS }, (_, index) => setTimeout(look, FIRST_LOOK * 1.6 ** index));
  };
}
