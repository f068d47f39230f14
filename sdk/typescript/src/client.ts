/** The client. */
import { Resources } from "./generated/resources.js";
import type { VinrOptions } from "./options.js";
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

  constructor(options: VinrOptions = {}) {
    super(new Transport(options));
  }
}
