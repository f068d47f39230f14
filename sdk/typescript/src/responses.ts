/** What came with an answer, for those who ask: answers themselves hold nothing but what is on the wire. */
import type { FetchedResponse } from "./options.js";

/** What came with an answer. */
export interface ResponseInfo {
  /** The HTTP status. */
  readonly status: number;
  /** What to quote to whoever runs the server. */
  readonly requestId: string | undefined;
  /** Whether this is the first answer to the idempotency key once more: the call itself changed nothing. */
  readonly replayed: boolean;
  /** All headers. */
  readonly headers: { get(name: string): string | null };
}

const known = new WeakMap<object, ResponseInfo>();

/** Remembers what came with an answer for as long as somebody holds it. */
export function remember(answer: unknown, { status, headers }: FetchedResponse): void {
  if (typeof answer !== "object" || answer === null) return;
  const requestId = headers.get("x-request-id") ?? undefined;
  known.set(answer, { status, requestId, replayed: headers.get("idempotent-replayed") === "true", headers });
}

/** What came with an object that a call answered, or with a page; undefined for any other object. */
export function responseOf(answer: object): ResponseInfo | undefined {
  return known.get(answer);
}
