/** Lists: a page at a time, or everything by `for await`. */

/** A page as it is on the wire. */
export interface Page<T> {
  readonly object: "list";
  readonly data: T[];
  readonly page: PageInfo;
}

/** Where a page stands in its list. */
export interface PageInfo {
  /** Whether there are further objects in this direction. */
  readonly has_more: boolean;
  /** Where the next page in this direction starts; null on the last. */
  readonly next_cursor: string | null;
  /** How many objects the list has, exact up to 10,000; null where nobody counts them. */
  readonly total_estimate: number | null;
}

type Fetcher<T> = (place: Record<string, unknown>) => Promise<Page<T>>;

/**
 * A list that was asked for. `await` gives its first page; `for await` gives every object of every page, asking for a
 * page when it comes to it. Nothing is asked for before one of the two.
 */
export class PagePromise<T> implements Promise<Page<T>>, AsyncIterable<T> {
  readonly [Symbol.toStringTag] = "PagePromise";
  readonly #fetch: Fetcher<T>;
  readonly #backwards: boolean;
  #first: Promise<Page<T>> | undefined;

  constructor(fetch: Fetcher<T>, params: object) {
    this.#fetch = fetch;
    this.#backwards = Object.entries(params).some(([name, value]) => isBefore(name) && value !== undefined);
  }

  /** Every page. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let page = await this.#firstPage(); ; ) {
      yield page;
      const { has_more, next_cursor } = page.page;
      if (!has_more || next_cursor === null) return;
      page = await this.#fetch(this.#place(next_cursor));
    }
  }

  /** Every object, in the direction that was asked for: newest first, or from `endingBefore` on towards the newest. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { data } of this.pages()) yield* this.#backwards ? [...data].reverse() : data;
  }

  // eslint-disable-next-line unicorn/no-thenable -- awaiting the list is what it is for.
  then<Kept = Page<T>, Lost = never>(
    onKept?: ((page: Page<T>) => Kept | PromiseLike<Kept>) | null,
    onLost?: ((reason: any) => Lost | PromiseLike<Lost>) | null,
  ): Promise<Kept | Lost> {
    return this.#firstPage().then(onKept, onLost);
  }

  catch<Lost = never>(onLost?: ((reason: any) => Lost | PromiseLike<Lost>) | null): Promise<Page<T> | Lost> {
    return this.#firstPage().catch(onLost);
  }

  finally(onEnd?: (() => void) | null): Promise<Page<T>> {
    return this.#firstPage().finally(onEnd);
  }

  #firstPage(): Promise<Page<T>> {
    this.#first ??= this.#fetch({});
    return this.#first;
  }

  #place(cursor: string): Record<string, unknown> {
    return this.#backwards
      ? { endingBefore: cursor, ending_before: undefined }
      : { startingAfter: cursor, starting_after: undefined };
  }
}

function isBefore(name: string): boolean {
  return name === "endingBefore" || name === "ending_before";
}
