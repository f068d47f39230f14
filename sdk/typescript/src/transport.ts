/** Requests: headers, time limits, tries, and what comes back. */
import { toWire } from "./casing.js";
import { APIConnectionError, APITimeoutError, ConfigurationError, InvalidAnswerError, errorOf } from "./errors.js";
import { API_VERSION } from "./generated/version.js";
import type { CancelSignal, Fetch, FetchedResponse, RequestOptions, StreamOptions, VinrOptions } from "./options.js";
import { type Page, PagePromise } from "./paging.js";
import { environment, webCrypto } from "./platform.js";
import { remember } from "./responses.js";
import { mayTryAgain, pause, waitBefore } from "./retries.js";
import { type ByteReader, EventStream } from "./streaming.js";
import { type Path, query } from "./urls.js";
import { VERSION } from "./version.js";

const DEFAULT_BASE = "https://api.vinr.com";
const DEFAULT_TIMEOUT = 30_000;
const DEFAULT_RETRIES = 2;
const EVENTS = "text/event-stream";
/** A timer of JavaScript cannot wait longer. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** What a call sends besides its path. */
export interface Sent {
  /** Parameters of the query. */
  query?: object | undefined;
  /** Parameters of the body. */
  body?: object | undefined;
  /** Places in the body whose keys belong to the caller, as dotted paths. */
  verbatim?: readonly string[];
}

interface Prepared {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** Makes calls with one key to one server. */
export class Transport {
  readonly #key: string;
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #timeout: number;
  readonly #maxRetries: number;

  constructor(options: VinrOptions) {
    this.#key = secretKey(options.secretKey ?? environment("VINR_SECRET_KEY"));
    this.#base = serverAt(options.baseUrl ?? environment("VINR_API_BASE") ?? DEFAULT_BASE);
    // Looked up on each call and called on its own object: some runtimes insist on that.
    this.#fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init as RequestInit));
    this.#timeout = timeLimit(options.timeout ?? DEFAULT_TIMEOUT);
    this.#maxRetries = retries(options.maxRetries ?? DEFAULT_RETRIES);
  }

  /** What a call answers. Throws a `VinrError`, or the reason of the caller's signal. */
  async call<T>(method: string, path: Path, sent: Sent = {}, options: RequestOptions = {}): Promise<T> {
    const prepared = await this.#prepare(method, path, sent, options);
    return this.#repeat(options, async () => (await this.#try(prepared, options)) as T);
  }

  /** The bytes of a file. Throws as `call` does. */
  async download(path: Path, options: RequestOptions = {}): Promise<Uint8Array> {
    const headers = { accept: "*/*", ...options.headers };
    const prepared = await this.#prepare("GET", path, {}, { ...options, headers });
    return this.#repeat(options, () => this.#tryFile(prepared, options));
  }

  async #repeat<T>(options: RequestOptions, attempt: () => Promise<T>): Promise<T> {
    const maxRetries = retries(options.maxRetries ?? this.#maxRetries);
    for (let tried = 0; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        if (tried >= maxRetries || !mayTryAgain(error)) throw error;
        await pause(waitBefore(tried, error.retryAfter), options.signal);
      }
    }
  }

  /** A list, page by page. */
  list<T>(path: Path, params: object, options?: RequestOptions): PagePromise<T> {
    return new PagePromise<T>(
      (place) => this.call<Page<T>>("GET", path, { query: { ...params, ...place } }, options),
      params,
    );
  }

  /** What happens, as it happens. The parameters in `commas`, lists, are sent as one text each. */
  stream<T>(path: Path, params: object, commas: readonly string[], options: StreamOptions = {}): EventStream<T> {
    const { last_event_id: lastEventId, ...wanted } = toWire(params) as { last_event_id?: string | undefined };
    const joined = Object.entries(wanted).map(([name, value]) => [name, commas.includes(name) ? String(value) : value]);
    return new EventStream<T>({
      open: (place, signal) => {
        const sent = { query: { ...Object.fromEntries(joined), last_event_id: place } };
        return this.#open(path, sent, { ...options, headers: streamHeaders(options.headers, place), signal });
      },
      lastEventId,
      maxRetries: retries(options.maxRetries ?? this.#maxRetries),
      signal: options.signal,
    });
  }

  async #open(path: Path, sent: Sent, options: RequestOptions): Promise<ByteReader> {
    const prepared = await this.#prepare("GET", path, sent, options);
    const { response, content } = await this.#exchange(prepared, options, unlessSucceeded);
    if (!succeeded(response)) throw errorOf(response.status, parsed(content), response.headers);
    const reader = readerOf(response);
    if (response.headers.get("content-type")?.startsWith(EVENTS)) return reader;
    reader.cancel().catch(() => undefined);
    throw notTheApi("not a stream of events", response);
  }

  async #prepare(method: string, path: Path, sent: Sent, options: RequestOptions): Promise<Prepared> {
    const url = this.#base + path() + (sent.query ? query(sent.query) : "");
    const headers: Record<string, string> = {
      accept: "application/json",
      authorization: `Bearer ${this.#key}`,
      "user-agent": `vinr-typescript/${VERSION}`,
      "vinr-version": API_VERSION,
    };
    if (method !== "GET") {
      headers["idempotency-key"] = idempotencyKey(options.idempotencyKey ?? (await webCrypto()).randomUUID());
    }
    const prepared: Prepared = { method, url, headers };
    if (sent.body) {
      headers["content-type"] = "application/json";
      prepared.body = JSON.stringify(toWire(sent.body, sent.verbatim));
    }
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
    return prepared;
  }

  async #try(prepared: Prepared, options: RequestOptions): Promise<unknown> {
    const { response, content } = await this.#exchange(prepared, options, (answer) => answer.text());
    const body = parsed(content);
    if (!succeeded(response)) throw errorOf(response.status, body, response.headers);
    if (body === undefined) throw notTheApi("not JSON", response);
    remember(body, response);
    return body;
  }

  async #tryFile(prepared: Prepared, options: RequestOptions): Promise<Uint8Array> {
    const { response, content } = await this.#exchange(prepared, options, fileOrText);
    if (typeof content !== "string") return new Uint8Array(content);
    if (!succeeded(response)) throw errorOf(response.status, parsed(content), response.headers);
    throw new ConfigurationError("A download needs a fetch whose answers have arrayBuffer().");
  }

  /** An answer, and what `read` takes from it within the time limit. */
  async #exchange<T>(
    prepared: Prepared,
    options: RequestOptions,
    read: (response: FetchedResponse) => Promise<T>,
  ): Promise<{ response: FetchedResponse; content: T }> {
    const timeout = timeLimit(options.timeout ?? this.#timeout);
    const limit = new Limit(timeout, options.signal);
    try {
      // Led elsewhere, a POST would become a GET: the answer of another call would be taken for that of this one.
      const response = await this.#fetch(prepared.url, { ...prepared, redirect: "manual", signal: limit.signal });
      return { response, content: await read(response) };
    } catch (cause) {
      throw limit.reason(cause, prepared);
    } finally {
      limit.lift();
    }
  }
}

/** Ends a try when its time is over, or when the caller says so. */
class Limit {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #end: () => void;
  #timedOut = false;

  constructor(
    private readonly timeout: number,
    private readonly callers: CancelSignal | undefined,
  ) {
    this.#end = () => this.#controller.abort(callers?.reason);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, timeout);
    if (callers?.aborted) this.#end();
    callers?.addEventListener("abort", this.#end);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What to throw for what the request threw. */
  reason(cause: unknown, { method, url }: Prepared): unknown {
    if (this.callers?.aborted) return this.callers.reason ?? cause;
    const request = `${method} ${url.split("?")[0]}`;
    if (this.#timedOut) return new APITimeoutError(`No answer to ${request} within ${this.timeout} ms.`, { cause });
    return new APIConnectionError(`No answer to ${request}: ${explained(cause)}`, { cause });
  }

  lift(): void {
    clearTimeout(this.#timer);
    this.callers?.removeEventListener("abort", this.#end);
  }
}

/** Node's `fetch` only says "fetch failed"; its cause knows why. */
function explained(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

function streamHeaders(given: Record<string, string> = {}, place: string | undefined): Record<string, string> {
  // The server would take a header before the place in the query, which has moved on since.
  const kept = Object.entries(given).filter(([name]) => !place || name.toLowerCase() !== "last-event-id");
  return { accept: EVENTS, ...Object.fromEntries(kept) };
}

function succeeded({ status }: FetchedResponse): boolean {
  return status >= 200 && status <= 299;
}

async function unlessSucceeded(response: FetchedResponse): Promise<string> {
  return succeeded(response) ? "" : response.text();
}

async function fileOrText(response: FetchedResponse): Promise<ArrayBuffer | string> {
  return succeeded(response) && response.arrayBuffer ? response.arrayBuffer() : response.text();
}

function notTheApi(why: string, { status, headers }: FetchedResponse): InvalidAnswerError {
  const requestId = headers.get("x-request-id") ?? undefined;
  return new InvalidAnswerError(`What answered is not the API, for it is ${why}: check baseUrl.`, { status, requestId });
}

function readerOf({ body }: FetchedResponse): ByteReader {
  const readable = body as { getReader?: () => ByteReader } | null | undefined;
  if (typeof readable?.getReader === "function") return readable.getReader();
  throw new ConfigurationError("A stream needs a fetch whose answers have a ReadableStream as body.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secretKey(given: string | undefined): string {
  if (!given) {
    throw new ConfigurationError("There is no API key: pass secretKey, or set the environment variable VINR_SECRET_KEY.");
  }
  // Otherwise fetch would refuse it, with a message that shows the key.
  if (/^[!-~]+$/.test(given)) return given;
  throw new ConfigurationError("The API key has characters that no key has; was something copied along with it?");
}

function serverAt(url: string): string {
  if (/^https?:\/\//.test(url)) return url.replace(/\/+$/, "");
  throw new ConfigurationError(`baseUrl must start with https:// or http://, not ${JSON.stringify(url)}.`);
}

function timeLimit(milliseconds: number): number {
  if (milliseconds > 0 && milliseconds <= LONGEST_TIMEOUT) return milliseconds;
  throw new ConfigurationError(`timeout must be milliseconds from 1 to ${LONGEST_TIMEOUT}, not ${milliseconds}.`);
}

function retries(count: number): number {
  if (count >= 0) return count;
  throw new ConfigurationError(`maxRetries must be 0 or more, not ${count}.`);
}

function idempotencyKey(given: string): string {
  if (/^[ -~]{1,255}$/.test(given)) return given;
  throw new ConfigurationError("idempotencyKey must be 1 to 255 printable ASCII characters.");
}
