/** When a call is tried again, and after how long. */
import { APIConnectionError, VinrError } from "./errors.js";
import type { CancelSignal } from "./options.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const LONGEST_RETRY_AFTER = 60;

/** Whether trying again may help: after network errors, 429 and 5xx, unless the server asks for more than a minute. */
export function mayTryAgain(error: unknown): error is VinrError {
  if (error instanceof APIConnectionError) return true;
  if (!(error instanceof VinrError) || error.status === undefined) return false;
  return (error.status === 429 || error.status >= 500) && (error.retryAfter ?? 0) <= LONGEST_RETRY_AFTER;
}

/**
 * Milliseconds to wait after so many tries: what the server asked for or a little more, or else twice as long each time,
 * from `firstWait` on.
 * Part of it is left to chance, so that many callers do not come back at once.
 */
export function waitBefore(tried: number, retryAfter: number | undefined, firstWait = FIRST_WAIT): number {
  if (retryAfter !== undefined) return retryAfter * 1000 * (1 + Math.random() / 4);
  return Math.min(LONGEST_WAIT, firstWait * 2 ** tried) * (1 - Math.random() / 2);
}

/** Waits; throws the signal's reason as soon as it is aborted. */
export function pause(milliseconds: number, signal: CancelSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end);
  });
}
