/** What can be chosen: for a client, and for one call. */

/** What is needed of an answer to a request. */
export interface FetchedResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** Only downloads need it. */
  arrayBuffer?(): Promise<ArrayBuffer>;
  /** A `ReadableStream` of bytes; only streams need it. */
  readonly body?: unknown;
}

/** What is needed of a signal that ends a call early: any `AbortSignal`. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** A function that makes a request: the runtime's `fetch`, or one that stands in for it. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; redirect: "manual"; signal: any },
) => Promise<FetchedResponse>;

/** How to reach the API. */
export interface VinrOptions {
  /** `sk_test_…`, `sk_live_…` or `rk_…`; unless given, the environment variable `VINR_SECRET_KEY`. */
  secretKey?: string | undefined;
  /** Where the API is; unless given, the environment variable `VINR_API_BASE`, or `https://api.vinr.com`. */
  baseUrl?: string | undefined;
  /** Milliseconds that one try may take; 30,000 unless given. */
  timeout?: number | undefined;
  /** How often a call is tried again that met a network error, 429 or 5xx; 2 unless given. */
  maxRetries?: number | undefined;
  /** In place of the runtime's `fetch`. */
  fetch?: Fetch | undefined;
}

/** What can be chosen for one call, as its last argument. */
export interface RequestOptions {
  /** Makes the call take effect at most once, however often it is made; each write has one of its own unless given. */
  idempotencyKey?: string | undefined;
  /** Milliseconds that one try may take. */
  timeout?: number | undefined;
  /** How often to try again. */
  maxRetries?: number | undefined;
  /** Ends the call early, also between two tries: an `AbortSignal`. The call then throws the signal's reason. */
  signal?: CancelSignal | undefined;
  /** Further headers. */
  headers?: Record<string, string> | undefined;
}

/** What can be chosen for a stream, as its last argument. */
export interface StreamOptions {
  /** Milliseconds within which the server must answer, each time. */
  timeout?: number | undefined;
  /** How often to try again before the server answers; then a lost connection is tried eight times more in a row, unless 0. */
  maxRetries?: number | undefined;
  /** Closes the stream: an `AbortSignal`. */
  signal?: CancelSignal | undefined;
  /** Further headers. */
  headers?: Record<string, string> | undefined;
}
