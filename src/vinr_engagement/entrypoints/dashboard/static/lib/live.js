// What happens, as it happens: one stream of events for this tab, which everybody who listens shares.
//
// It is read with fetch, because EventSource can send no headers. It rests while nobody listens or the tab is hidden, and goes on
// from where it was: the id of the last event goes with the next request.

import { address, api, headersOf, refusal } from "./api.js";
import { observable, useObservable } from "./observable.js";
import { useEffect, useRef, useState } from "./preact.js";
import { currentEnvironment, place, usePlace } from "./router.js";
import { blocksOf } from "./server_sent.js";

/** The server says something every 15 s; a stream that says nothing for so long is dead. */
const PATIENCE = 40_000;
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * @typedef {object} LiveEvent  as `GET /v1/events/{event}` shows it
 * @property {string} id
 * @property {string} type
 * @property {string} account
 * @property {string} created_at
 * @property {{object: object, previous?: object}} data
 */

const state = observable("connecting");
const listeners = new Set();
const lastIds = new Map();
let running = null;

/** @returns {"connecting"|"live"|"offline"} how the stream is */
export function useLiveState() {
  return useObservable(state);
}

/** Counts how often events may have been missed: what was shown before has to be read anew. */
export const missed = observable(0);

/**
 * Calls back for each event of these types, as it happens.
 * @param {{types?: string[], account?: string}} wanted  a type, or what types start with: `loyalty.points`
 * @param {(event: LiveEvent) => void} callback
 */
export function useEvents({ types, account } = {}, callback) {
  const latest = useRef(callback);
  latest.current = callback;
  const names = types ? types.join() : null;
  useEffect(() => {
    if (names === "") return undefined;
    return subscribe({ types: names?.split(","), account, tell: (event) => latest.current(event) });
  }, [names, account]);
}

/**
 * The newest events, newest first; new ones come in on top.
 * @param {{types?: string[], account?: string, limit?: number}} [wanted]
 * @returns {LiveEvent[]}
 */
export function useFeed({ types, account, limit = 20 } = {}) {
  const [events, setEvents] = useState([]);
  const { environment } = usePlace();
  const names = types?.join();
  const add = (found) => setEvents((shown) => newest([...found, ...shown], limit));
  useEffect(() => {
    let isWanted = true;
    setEvents([]);
    recent({ types, account, limit })
      .then((found) => isWanted && add(found))
      .catch(() => {});
    return () => (isWanted = false);
  }, [names, account, limit, environment]);
  useEvents({ types, account }, (event) => add([event]));
  return events;
}

function newest(events, limit) {
  const seen = new Set();
  const once = events.filter(({ id }) => !seen.has(id) && seen.add(id));
  return once.sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at)).slice(0, limit);
}

async function recent({ types = [null], account, limit }) {
  const asked = types.map((type) => api.get("/events", { type: pattern(type), account, limit }));
  return (await Promise.all(asked)).flatMap((page) => page.data);
}

/** What the list of events takes: a whole type as it is, the beginning of some as their family. */
function pattern(type) {
  if (!type) return type;
  const isWhole = type.split(".").length === (type.startsWith("loyalty") ? 3 : 2);
  return isWhole ? type : `${type}.*`;
}

/** Whether an event is one of those that are wanted. */
function isOf(event, { types, account }) {
  return (!types || types.some((type) => event.type.startsWith(type))) && (!account || event.account === account);
}

function subscribe(listener) {
  listeners.add(listener);
  keepUp();
  return () => {
    listeners.delete(listener);
    setTimeout(keepUp, 1_000);
  };
}

/** Starts or ends the stream, as is wanted now. */
function keepUp() {
  const wanted = listeners.size > 0 && !document.hidden ? currentEnvironment() : null;
  if (running?.environment === wanted) return;
  running?.controller.abort();
  running = wanted && { environment: wanted, controller: new AbortController() };
  if (running) follow(running);
}

document.addEventListener("visibilitychange", keepUp);
place.subscribe(keepUp);
addEventListener("online", () => running?.hurry?.());

async function follow(stream) {
  let wait = SHORTEST_WAIT;
  while (running === stream) {
    if (state.get() !== "offline") state.set("connecting");
    const told = await attempt(stream);
    if (running !== stream) return;
    if (told === "over") return endAll(stream);
    if (told === "gone") missed.set(missed.get() + 1);
    wait = told === "heard" ? SHORTEST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
    state.set("offline");
    await pause(stream, wait);
  }
}

function endAll(stream) {
  stream.controller.abort();
  if (running === stream) running = null;
  state.set("offline");
}

function pause(stream, wait) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, wait * (0.75 + Math.random() / 2));
    stream.hurry = () => {
      clearTimeout(timer);
      resolve();
    };
    stream.controller.signal.addEventListener("abort", stream.hurry, { once: true });
  });
}

/**
 * Reads one answer to its end.
 * @returns {Promise<"heard"|"silent"|"gone"|"over">}  whether anything came; `gone`: where we were is no longer kept; `over`: we
 *   may not listen
 */
async function attempt(stream) {
  const { environment } = stream;
  const attempted = new AbortController();
  const end = () => attempted.abort();
  stream.controller.signal.addEventListener("abort", end, { once: true });
  const watch = watchdog(end);
  try {
    const response = await fetch(address("/events/stream"), {
      headers: { ...headersOf(), ...(lastIds.has(environment) && { "Last-Event-ID": lastIds.get(environment) }) },
      credentials: "same-origin",
      cache: "no-store",
      signal: attempted.signal,
    });
    if (!response.ok) return await refused(response, environment);
    state.set("live");
    return await listenTo(response.body, environment, watch);
  } catch {
    return "silent";
  } finally {
    watch.stop();
    stream.controller.signal.removeEventListener("abort", end);
  }
}

async function refused(response, environment) {
  const error = await refusal(response);
  if (error.code === "stream_place_gone") {
    lastIds.delete(environment);
    return "gone";
  }
  return error.status === 401 || error.status === 403 ? "over" : "silent";
}

function watchdog(end) {
  let timer = setTimeout(end, PATIENCE);
  return {
    stop: () => clearTimeout(timer),
    feed() {
      clearTimeout(timer);
      timer = setTimeout(end, PATIENCE);
    },
  };
}

async function listenTo(body, environment, watch) {
  let heard = "silent";
  try {
    for await (const block of blocksOf(body, watch.feed)) {
      heard = "heard";
      if (block.id) lastIds.set(environment, block.id);
      if (block.data) tell(JSON.parse(block.data));
    }
  } catch {
    // The connection is gone: the next one goes on from the last id.
  }
  return heard;
}

function tell(event) {
  for (const listener of [...listeners]) {
    if (isOf(event, listener)) listener.tell(event);
  }
}
