// Where the reader is: /dashboard/{test|live}/PATH?QUERY, kept in the address and changed through the History API.

import { observable, useObservable } from "./observable.js";
import { html } from "./preact.js";

const HOME = "/dashboard";
const ENVIRONMENTS = ["test", "live"];

/**
 * @typedef {object} Place
 * @property {"test"|"live"|null} environment  null at an address that names none
 * @property {string} path  behind the environment, without slashes around it
 * @property {Record<string, string>} query
 * @property {string} fragment  without its #
 */

/** @returns {Place} */
function read() {
  const parts = location.pathname.slice(HOME.length).split("/").filter(Boolean);
  const environment = ENVIRONMENTS.includes(parts[0]) ? parts.shift() : null;
  return {
    environment,
    path: parts.join("/"),
    query: Object.fromEntries(new URLSearchParams(location.search)),
    fragment: location.hash.slice(1),
  };
}

/** The place, for whoever is no component. */
export const place = observable(read());

let arrivals = 0;
let arrived = 0;

/** @returns {Place} */
export function usePlace() {
  return useObservable(place);
}

/** The store that the address names; the test store where it names none. */
export function currentEnvironment() {
  return place.get().environment ?? "test";
}

/**
 * The address of a page: `members/loy_1?tab=lots` in the reader's environment.
 * @param {string} path
 * @param {"test"|"live"} [environment]
 */
export function href(path, environment = currentEnvironment()) {
  const [pure, query] = path.replace(/^\/+/, "").split(/\?(.*)/s);
  const address = [HOME, environment, pure].filter(Boolean).join("/");
  return query ? `${address}?${query}` : address;
}

/**
 * Goes to a page: a path in the reader's environment, or a whole address that starts with /dashboard.
 * @param {string} path
 * @param {{replace?: boolean, environment?: "test"|"live"}} [options]
 */
export function navigate(path, { replace = false, environment } = {}) {
  const address = path.startsWith(HOME) ? path : href(path, environment);
  history[replace ? "replaceState" : "pushState"](null, "", address);
  arrive();
  if (!replace) scrollTo(0, 0);
}

function arrive() {
  const before = place.get();
  const now = read();
  if (before.path !== now.path || before.environment !== now.environment) arrivals += 1;
  place.set(now);
}

/** Whether a page that is shown now was navigated to, so that its heading takes the focus; says so once for each arrival. */
export function claimArrival() {
  const isNew = arrivals !== arrived;
  arrived = arrivals;
  return isNew;
}

/** Follows the browser's own back and forward, and turns clicks on links to our pages into navigation. */
export function listen() {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !isOurs(link) || !isPlain(event)) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}

function isOurs(link) {
  const here = link.origin === location.origin && !link.target && !link.hasAttribute("download");
  if (link.pathname === location.pathname && link.search === location.search && link.hash) return false;
  return here && (link.pathname === HOME || link.pathname.startsWith(`${HOME}/`)) && !link.pathname.includes(".");
}

function isPlain(event) {
  return !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

/**
 * Reads the query of the address as an object of texts, and changes it.
 * @returns {[Record<string, string>, (changes: Record<string, string|null|undefined>, options?: {push?: boolean}) => void]}
 *   what is set to null, undefined or "" is taken out; without `push` no step back is added
 */
export function useQueryParams() {
  return [usePlace().query, changeQuery];
}

function changeQuery(changes, { push = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  const address = location.pathname + (text ? `?${text}` : "");
  history[push ? "pushState" : "replaceState"](null, "", address);
  arrive();
}

/** A link to a page of ours: `<${Link} to="members/loy_1">Ann</${Link}>`; further attributes go to the element. */
export function Link({ to, children, ...more }) {
  usePlace();
  return html`<a href=${href(to)} ...${more}>${children}</a>`;
}

/**
 * The first route that a path fits. Patterns are texts like `members/:account`; what stands for a name is answered decoded.
 * @template {{path: string}} R
 * @param {R[]} routes
 * @param {string} path
 * @returns {{route: R, params: Record<string, string>}|null}
 */
export function match(routes, path) {
  const parts = path.split("/");
  for (const route of routes) {
    const params = fit(route.path.split("/"), parts);
    if (params) return { route, params };
  }
  return null;
}

function fit(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  const params = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decoded(parts[index]);
    else if (part !== parts[index]) return null;
  }
  return params;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
