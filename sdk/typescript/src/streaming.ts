/** Streams: events as they happen, over as many connections as it takes. */
import { type Block, Blocks } from "./blocks.js";
import { APIConnectionError, InvalidAnswerError } from "./errors.js";
import type { CancelSignal } from "./options.js";
import { mayTryAgain, pause, waitBefore } from "./retries.js";

/** A server says something every 15 seconds; one that is silent for so long is gone. */
const LONGEST_SILENCE = 45_000;
/** How much more often than `maxRetries` a stream that was open tries to come back: about a minute in all. */
const FURTHER_RETRIES = 8;

/** What is needed of the reader of an answer's body. */
export interface ByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

/** What a stream is made with. */
export interface StreamSource {
  /** Asks for what comes behind a place. */
  open(lastEventId: string | undefined, signal: CancelSignal): Promise<ByteReader>;
  lastEventId: string | undefined;
  maxRetries: number;
  signal: CancelSignal | undefined;
}

/**
 * What happens, as it happens, by `for await`; nothing is asked for before. A connection that is lost comes back by
 * itself, from where it was: nothing is lost and nothing comes twice.
 *
 * Leaving the loop closes it, and so do `close()` and the signal of the options: the loop then ends. What the server refuses
 * is thrown as a `VinrError`; a stream that has ended does not begin again, a new one goes on from `lastEventId`.
 */
export class EventStream<T> implements AsyncIterable<T> {
  readonly #source: StreamSource;
  readonly #closing = new AbortController();
  readonly #items: AsyncGenerator<T, void, undefined>;
  #lastEventId: string | undefined;
  #firstWait: number | undefined;
  #retries: number;

  constructor(source: StreamSource) {
    this.#source = source;
    this.#lastEventId = source.lastEventId;
    this.#retries = source.maxRetries;
    this.#items = this.#follow();
  }

  /** The place behind the last event that was handed out: keep it, to go on from there. Undefined before there is one. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  /** Ends it, also while it waits for an event. */
  close(): void {
    this.#closing.abort();
  }

  /** The events; however often it is asked for, each event is given once. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.#items;
  }

  async *#follow(): AsyncGenerator<T, void, undefined> {
    const { signal } = this.#source;
    const close = (): void => this.close();
    signal?.addEventListener("abort", close);
    if (signal?.aborted) close();
    try {
      yield* this.#connections();
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    } finally {
      signal?.removeEventListener("abort", close);
      close();
    }
  }

  async *#connections(): AsyncGenerator<T, void, undefined> {
    for (let tried = 0; !this.#closing.signal.aborted; tried++) {
      let lost: unknown = new APIConnectionError("The server ended the stream.");
      try {
        const reader = await this.#source.open(this.#lastEventId, this.#closing.signal);
        const { maxRetries } = this.#source;
        this.#retries = maxRetries && maxRetries + FURTHER_RETRIES;
        let greeted = false;
        for await (const block of this.#blocks(reader)) {
          // A server that greets and then fails, again and again, is not to be asked ever faster.
          if (greeted || block.data !== undefined) tried = 0;
          greeted = true;
          if (block.data !== undefined) yield parsed<T>(block.data);
        }
      } catch (error) {
        lost = error;
      }
      if (this.#closing.signal.aborted) return;
      if (tried >= this.#retries || !mayTryAgain(lost)) throw lost;
      await pause(waitBefore(tried, lost.retryAfter, this.#firstWait), this.#closing.signal);
    }
  }

  /** The blocks of one connection, each once it is noted how far it leads. */
  async *#blocks(reader: ByteReader): AsyncGenerator<Block, void, undefined> {
    const blocks = new Blocks();
    for await (const bytes of chunks(reader, this.#closing.signal)) {
      for (const block of blocks.within(bytes)) {
        if (this.#closing.signal.aborted) return;
        if (block.id !== undefined) this.#lastEventId = block.id || undefined;
        if (block.retry !== undefined) this.#firstWait = Math.max(1, block.retry);
        yield block;
      }
    }
  }
}

/** What a connection gives until it is lost, silent for too long, or no longer wanted. */
async function* chunks(reader: ByteReader, closing: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  // What is being read then ends.
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  closing.addEventListener("abort", cancel);
  try {
    while (!closing.aborted) {
      const timer = setTimeout(cancel, LONGEST_SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      if (value) yield value;
    }
  } catch (cause) {
    throw new APIConnectionError("The connection was lost.", { cause });
  } finally {
    closing.removeEventListener("abort", cancel);
    cancel();
  }
}

function parsed<T>(data: string): T {
  try {
    return JSON.parse(data) as T;
  } catch (cause) {
    throw new InvalidAnswerError("The stream holds an event that is not JSON.", { cause });
  }
}
