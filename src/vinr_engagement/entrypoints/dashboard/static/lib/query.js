// What the API answered, remembered while it is shown: the same question is asked once, and shown stale while it is asked again.

import { address, api } from "./api.js";
import { missed, useEvents } from "./live.js";
import { useRedraw } from "./observable.js";
import { useCallback, useEffect, useRef, useState } from "./preact.js";
import { usePlace } from "./router.js";

/** Milliseconds in which the same question is not asked again when another component has it. */
const FRESH = 2_000;
/** How many answers are kept that nobody shows. */
const REMEMBERED = 200;
const PAGE = 25;
const LARGEST_PAGE = 100;
/** Milliseconds between an event and what is read anew because of it. */
const SOON = 300;

const entries = new Map();

/**
 * @template T
 * @typedef {object} Query
 * @property {T|undefined} data  the last answer, also while it is read anew
 * @property {Error|null} error  why the last attempt failed
 * @property {boolean} loading  whether there is nothing to show yet
 * @property {boolean} refreshing  whether what is shown is being read anew
 * @property {() => Promise<void>} reload
 */

/**
 * What a GET answers. A null path asks nothing.
 * @param {string|null} path
 * @param {Record<string, unknown>} [params]
 * @param {{refreshOn?: string[]}} [options]  read anew when an event happens whose type starts so
 * @returns {Query<any>}
 */
export function useQuery(path, params, { refreshOn } = {}) {
  return useEntry("one", path, params, refreshOn, readOne);
}

/**
 * A list of the API, page by page.
 * @param {string|null} path
 * @param {Record<string, unknown>} [params]
 * @param {{refreshOn?: string[]}} [options]
 * @returns {{items: any[], error: Error|null, loading: boolean, refreshing: boolean, hasMore: boolean, total: number|undefined,
 *   busy: boolean, more: () => Promise<void>, reload: () => Promise<void>}}  `total`: how many there are in all, exact up to
 *   10,000; `busy`: whether more are being read
 */
export function useList(path, params, { refreshOn } = {}) {
  const { entry, data, ...shown } = useEntry("list", path, params, refreshOn, readList);
  const [busy, setBusy] = useState(false);
  const more = useCallback(async () => {
    setBusy(true);
    await readMore(entry);
    setBusy(false);
  }, [entry]);
  const { items = [], hasMore = false, total } = data ?? {};
  return { ...shown, items, hasMore, total, more, busy };
}

function useEntry(kind, path, params, refreshOn, read) {
  const { environment } = usePlace();
  const redraw = useRedraw();
  const key = path === null ? null : `${kind} ${environment} ${address(path, params)}`;
  const entry = key === null ? null : entryFor(key, path, params, read);
  const last = useRef({});
  const drawnAt = entry?.readAt;
  useEffect(() => {
    if (!entry) return undefined;
    entry.users.add(redraw);
    if (Date.now() - entry.readAt > FRESH) load(entry);
    else if (entry.readAt !== drawnAt) redraw(); // The answer came after this was drawn, and before it was listened for.
    return () => entry.users.delete(redraw);
  }, [entry]);
  const reload = useCallback(() => (entry ? load(entry) : Promise.resolve()), [entry]);
  useEvents({ types: refreshOn ?? [] }, useSoon(reload));
  const data = shownData(entry, last, `${environment} ${path}`);
  const error = entry?.error ?? null;
  return { entry, data, error, loading: Boolean(entry) && !data && !error, refreshing: Boolean(entry?.reading && data), reload };
}

/** What is shown of an entry: until the first answer to new parameters, that to the former ones. */
function shownData(entry, last, about) {
  if (entry?.data !== undefined) last.current = { about, data: entry.data };
  if (!entry || entry.error) return entry?.data;
  return entry.data ?? (last.current.about === about ? last.current.data : undefined);
}

/** Calls soon, and once for many calls; the longer what is called takes, the rarer. */
function useSoon(action) {
  const pending = useRef(null);
  const wait = useRef(SOON);
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => () => clearTimeout(pending.current), []);
  return () => {
    pending.current ??= setTimeout(async () => {
      const started = Date.now();
      await latest.current();
      wait.current = Math.max(SOON, 5 * (Date.now() - started));
      pending.current = null;
    }, wait.current);
  };
}

function entryFor(key, path, params, read) {
  let entry = entries.get(key);
  if (!entry) {
    entry = { path, params, read, data: undefined, error: null, reading: null, readAt: 0, users: new Set(), leaving: false };
    entries.set(key, entry);
    forgetOldest();
  }
  return entry;
}

function forgetOldest() {
  for (const [key, entry] of entries) {
    if (entries.size <= REMEMBERED) return;
    if (entry.users.size === 0 && entry.readAt) entries.delete(key);
  }
}

/** Reads an entry, unless that is being done; whoever shows it is drawn anew. */
function load(entry) {
  if (entry.leaving) return entry.reading ?? Promise.resolve();
  entry.reading ??= (async () => {
    try {
      entry.data = await entry.read(entry);
      entry.error = null;
      entry.readAt = Date.now();
    } catch (error) {
      entry.error = error;
    }
    entry.reading = null;
    draw(entry);
  })();
  draw(entry);
  return entry.reading;
}

function draw(entry) {
  for (const redraw of [...entry.users]) redraw();
}

const readOne = ({ path, params }) => api.get(path, params);

async function readList({ path, params, data }) {
  const shown = Math.min(Math.max(data?.items.length ?? 0, params?.limit ?? PAGE), LARGEST_PAGE);
  return listed(await api.get(path, { ...params, limit: shown }));
}

function listed({ data, page }, before = []) {
  return { items: [...before, ...data], hasMore: page?.has_more ?? false, cursor: page?.next_cursor, total: page?.total_estimate };
}

async function readMore(entry) {
  const { path, params, data } = entry;
  try {
    const page = await api.get(path, { limit: PAGE, ...params, starting_after: data.cursor });
    if (entry.data === data) entry.data = { ...listed(page, data.items), total: data.total };
  } catch (error) {
    entry.error = error;
  }
  draw(entry);
}

/**
 * Has everything read anew that was answered under a path: what is shown at once, the rest when it is shown again.
 * @param {string} prefix  "" for everything
 */
export function invalidate(prefix) {
  for (const entry of entries.values()) {
    if (!entry.path.startsWith(prefix)) continue;
    entry.readAt = 0;
    if (entry.users.size > 0) load(entry);
  }
}

/**
 * Deletes what a page shows: from now on nothing under its path is read any more, unless it could not be deleted.
 * @param {string} path
 */
export async function remove(path) {
  const shown = [...entries].filter(([, entry]) => entry.path.startsWith(path));
  for (const [, entry] of shown) entry.leaving = true;
  await Promise.all(shown.map(([, entry]) => entry.reading));
  try {
    await api.delete(path);
  } catch (error) {
    for (const [, entry] of shown) entry.leaving = false;
    throw error;
  }
  setTimeout(() => shown.forEach(([key]) => entries.delete(key))); // Once the page that showed it was left.
}

/** Forgets everything: another person may read here next. */
export function forgetAnswers() {
  entries.clear();
}

missed.subscribe(() => invalidate(""));

/**
 * Something that the reader does, and what became of it.
 * @template {unknown[]} A
 * @template R
 * @param {(...given: A) => Promise<R>} action
 * @returns {{run: (...given: A) => Promise<R|undefined>, busy: boolean, error: Error|null, reset: () => void}}  `run` answers
 *   undefined where it failed, with the reason in `error`; while it is busy it does nothing
 */
export function useAction(action) {
  const [{ busy, error }, set] = useState({ busy: false, error: null });
  const latest = useRef(action);
  latest.current = action;
  const isRunning = useRef(false);
  const run = useCallback(async (...given) => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    set({ busy: true, error: null });
    try {
      const result = await latest.current(...given);
      set({ busy: false, error: null });
      return result;
    } catch (failure) {
      set({ busy: false, error: failure });
      return undefined;
    } finally {
      isRunning.current = false;
    }
  }, []);
  const reset = useCallback(() => set({ busy: false, error: null }), []);
  return { run, busy, error, reset };
}
