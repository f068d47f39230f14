/** The TypeScript SDK of VINR Engagement. */
export type { EitherCase, SnakeCased } from "./casing.js";
export { Vinr } from "./client.js";
export {
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
} from "./errors.js";
export type * from "./generated/params.js";
export type * from "./generated/resources.js";
export type * from "./generated/types.js";
export type { CancelSignal, Fetch, FetchedResponse, RequestOptions, StreamOptions, VinrOptions } from "./options.js";
export type { Page, PageInfo, PagePromise } from "./paging.js";
export { type ResponseInfo, responseOf } from "./responses.js";
export type { EventStream } from "./streaming.js";
export { VERSION } from "./version.js";
export type { WebhookHeaders, WebhookOptions, WebhookSample, Webhooks } from "./webhooks.js";
