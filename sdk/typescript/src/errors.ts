/** What a call may throw. Every error of this package is a `VinrError`. */
import type { ErrorCode, ErrorFault, ErrorType } from "./generated/types.js";

/** What is known of an error besides its message. */
export interface ErrorFacts {
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  /** The error object as on the wire. */
  error?: Readonly<Record<string, unknown>> | undefined;
  cause?: unknown;
}

/** Anything that this package throws about a request or a webhook. What does not apply is undefined. */
export class VinrError extends Error {
  /** The stable, documented code: `"account_already_exists"`. */
  readonly code: ErrorCode | (string & {}) | undefined;
  /** The kind of error on the wire: `"invalid_request_error"`. */
  readonly type: ErrorType | (string & {}) | undefined;
  /** The HTTP status. */
  readonly status: number | undefined;
  /** The parameter at fault, by its name on the wire. */
  readonly param: string | undefined;
  /** The id of an object that helps to recover: the account that exists already, the survivor of a merge. */
  readonly resource: string | undefined;
  /** What to quote to whoever runs the server. */
  readonly requestId: string | undefined;
  /** Seconds to wait before the next try, where the server said so. */
  readonly retryAfter: number | undefined;
  /** The page about this code. */
  readonly docUrl: string | undefined;
  /** Every fault, where there were several. */
  readonly errors: readonly ErrorFault[];
  /** What else the server said, such as `balance` and `required` with `insufficient_points`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, { status, requestId, retryAfter, error = {}, ...rest }: ErrorFacts = {}) {
    super(message, rest);
    const { code, type, param, resource, request_id, doc_url, errors, message: _, ...details } = error;
    this.status = status;
    this.retryAfter = retryAfter;
    this.code = text(code);
    this.type = text(type);
    this.param = text(param);
    this.resource = text(resource);
    this.requestId = text(request_id) ?? requestId;
    this.docUrl = text(doc_url);
    this.errors = Array.isArray(errors) ? errors : [];
    this.details = details;
  }
}

/** The client was set up wrongly; nothing was sent. */
export class ConfigurationError extends VinrError {}

/** The request was wrong; sending it again would not help. */
export class InvalidRequestError extends VinrError {}

/** 404: there is nothing of this id, or at this path. */
export class NotFoundError extends InvalidRequestError {}

/** 409: the state of things does not allow it; `resource` often names what to use instead. */
export class ConflictError extends InvalidRequestError {}

/** 422: well formed, and refused by a rule: too few points, out of stock. */
export class UnprocessableError extends InvalidRequestError {}

/** 401: the API key is missing, unknown or revoked. */
export class AuthenticationError extends VinrError {}

/** 403: the key may not do this; `details.required_scope` says what it lacks. */
export class PermissionDeniedError extends VinrError {}

/** 429: too many requests, still after the retries; `retryAfter` says when to come back. */
export class RateLimitError extends VinrError {}

/** 5xx: the server failed, still after the retries. */
export class ServerError extends VinrError {}

/** The answer was none of the API: something else stands between this package and the server. */
export class InvalidAnswerError extends VinrError {}

/** The network failed. A write may or may not have taken effect: its repeat with the same idempotency key counts once. */
export class APIConnectionError extends VinrError {}

/** No answer came in time. */
export class APITimeoutError extends APIConnectionError {}

/** A webhook was not signed with this secret, not signed at all, or too long ago. */
export class WebhookVerificationError extends VinrError {}

const KINDS = {
  APIConnectionError,
  APITimeoutError,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  InvalidAnswerError,
  InvalidRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnprocessableError,
  VinrError,
  WebhookVerificationError,
};
// Not the names of the classes themselves: bundlers shorten those.
for (const [name, kind] of Object.entries(KINDS)) Object.defineProperty(kind.prototype, "name", { value: name });

const BY_STATUS: Readonly<Record<number, typeof VinrError>> = {
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableError,
  429: RateLimitError,
};

/** The error that an answer with this status means; `body` is what it said, parsed where it was JSON. */
export function errorOf(status: number, body: unknown, headers: { get(name: string): string | null }): VinrError {
  const error = errorObject(body);
  const requestId = headers.get("x-request-id") ?? undefined;
  const facts = { status, error, requestId, retryAfter: retryAfterOf(headers) };
  return new (kindOf(status))(text(error.message) ?? unexplained(status), facts);
}

function unexplained(status: number): string {
  if (status >= 400) return `The server answered ${status}, without saying why.`;
  return `What answered ${status} is not the API: check baseUrl.`;
}

function kindOf(status: number): typeof VinrError {
  if (status >= 500) return ServerError;
  return BY_STATUS[status] ?? (status < 400 ? InvalidAnswerError : InvalidRequestError);
}

/** Seconds that `Retry-After` asks to wait, given as seconds or as a date; undefined without one. */
export function retryAfterOf(headers: { get(name: string): string | null }): number | undefined {
  const given = headers.get("retry-after")?.trim();
  if (!given) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function errorObject(body: unknown): Record<string, unknown> {
  const error = isObject(body) ? body.error : undefined;
  return isObject(error) ? error : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
