// The API as this page calls it: the reader's session, the store that the address names, and errors that say what was wrong.

import { currentEnvironment } from "./router.js";

const ROOT = "/v1";
const SAFE = ["GET", "HEAD"];

/** Why a request was refused, in the API's own words; `code` is `unreachable` where no answer came. */
export class ApiError extends Error {
  /** @param {number} status @param {{code: string, message: string, param?: string|null, request_id?: string}} error */
  constructor(status, error) {
    super(error.message);
    this.name = "ApiError";
    this.status = status;
    this.code = error.code;
    this.param = error.param ?? null;
    this.resource = error.resource ?? null;
    this.requestId = error.request_id ?? null;
    this.error = error;
  }
}

let csrfToken = null;
let signedOut = () => {};

/** @param {string|null} token  what writes of this session have to carry */
export function setCsrfToken(token) {
  csrfToken = token;
}

/** @param {() => void} callback  called when the API says that nobody is signed in any more */
export function whenSignedOut(callback) {
  signedOut = callback;
}

/**
 * A path under /v1 with its query: names as they are, lists as repeated names; what is null, undefined or "" is left out.
 * @param {string} path
 * @param {Record<string, unknown>} [params]
 */
export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") query.append(name, each);
    }
  }
  const text = query.toString();
  return ROOT + path + (text ? `?${text}` : "");
}

/**
 * The headers that every request carries.
 * @param {string} [method]
 */
export function headersOf(method = "GET") {
  const headers = { "Vinr-Environment": currentEnvironment() };
  if (!SAFE.includes(method)) {
    headers["Idempotency-Key"] = randomKey();
    if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  }
  return headers;
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `dashboard-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Asks once more where no answer came: a write carries the same Idempotency-Key, so it is done once. */
async function sent(url, options) {
  try {
    return await fetch(url, options);
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
  }
  try {
    return await fetch(url, options);
  } catch {
    throw new ApiError(0, { code: "unreachable", message: "The server cannot be reached. Check your connection." });
  }
}

async function answer(method, url, body, { quiet = false, accept = "application/json" } = {}) {
  const headers = { Accept: accept, ...headersOf(method) };
  const options = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await sent(url, options);
  if (response.ok) return response;
  throw await refusal(response, quiet);
}

/**
 * The error that a response tells. Where nobody is signed in any more, the whole page hears of it, unless it is to be `quiet`.
 * @param {Response} response
 */
export async function refusal(response, quiet = false) {
  if (response.status === 401 && !quiet) signedOut();
  const body = await response.json().catch(() => null);
  const error = body?.error ?? { code: "unreadable", message: `The server answered ${response.status}, and nothing readable.` };
  return new ApiError(response.status, { request_id: response.headers.get("x-request-id"), ...error });
}

async function parsed(response) {
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** Every method answers what the API answers, parsed, and throws `ApiError`. Paths are without /v1. */
export const api = {
  /** @param {string} path @param {Record<string, unknown>} [params] */
  get: async (path, params, options) => parsed(await answer("GET", address(path, params), undefined, options)),
  /** @param {string} path @param {unknown} [body] */
  post: async (path, body, options) => parsed(await answer("POST", address(path), body, options)),
  /** @param {string} path @param {unknown} body */
  patch: async (path, body, options) => parsed(await answer("PATCH", address(path), body, options)),
  /** @param {string} path */
  delete: async (path, options) => parsed(await answer("DELETE", address(path), undefined, options)),
  download,
};

/**
 * Saves what is at a path as a file of the reader's.
 * @param {string} path
 * @param {string} filename
 */
async function download(path, filename) {
  const response = await answer("GET", address(path), undefined, { accept: "*/*" });
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
