// What follows a moment later, and is announced by nothing.

import { useEffect, useRef } from "../../lib/preact.js";

const FIRST_LOOK = 700;
const LOOKS = 6;
const REST = 1_500;
const SOON = 5_000;

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

/**
 * Looks again while one of these deliveries is about to be tried.
 *
 * @param {Array<{status: string, next_attempt_at: string|null}>} deliveries
 * @param {() => void} look
 */
export function useLooksWhilePending(deliveries, look) {
  const isDue = ({ status, next_attempt_at: next }) => status === "pending" && (!next || Date.parse(next) - Date.now() < SOON);
  const isAnyDue = deliveries.some(isDue);
  useEffect(() => {
    if (!isAnyDue) return undefined;
    const timer = setInterval(look, REST);
    return () => clearInterval(timer);
  }, [isAnyDue, look]);
}
