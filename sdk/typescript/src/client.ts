/** The client. */
import { Resources } from "./generated/resources.js";
import type { RequestOptions, VinrOptions } from "./options.js";
import { Transport } from "./transport.js";
import { Webhooks } from "./webhooks.js";

/**
 * VINR Engagement, for one API key.
 *
 * ```ts
 * const vinr = new Vinr({ secretKey: process.env.VINR_SECRET_KEY });
 * const member = await vinr.loyalty.accounts.create({ program: "prog_default", customer: "cust_abc123" });
 * ```
 *
 * Throws a `ConfigurationError` where there is no API key.
 */
export class Vinr extends Resources {
  /** Verifies webhooks; needs no API key. */
  static readonly webhooks: Webhooks = new Webhooks();
  /** Verifies webhooks. */
  readonly webhooks: Webhooks = Vinr.webhooks;
  readonly #transport: Transport;

  constructor(options: VinrOptions = {}) {
    const transport = new Transport(options);
    super(transport);
    this.#transport = transport;
  }

  /** Calls what has no method here. `path` starts with `/v1/`; the body is sent as it is, without a change of names. */
  request<T = unknown>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    { query, body }: { query?: object | undefined; body?: object | undefined } = {},
    options?: RequestOptions,
  ): Promise<T> {
    return this.#transport.call(method, () => absolute(path), { query, body, verbatim: [""] }, options);
  }
}

function absolute(path: string): string {
  // Otherwise it would change the server's name.
  if (path.startsWith("/")) return path;
  throw new TypeError(`A path starts with a slash, unlike ${JSON.stringify(path)}.`);
}
