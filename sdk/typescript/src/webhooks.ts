/** Webhooks: whether a delivery really came from the server. */
import { ConfigurationError, WebhookVerificationError } from "./errors.js";
import type { Event } from "./generated/types.js";
import { webCrypto } from "./platform.js";

const TOLERANCE_SECONDS = 300;
const SECRET_PREFIX = "whsec_";

/** The headers of a delivery: a `Headers` object, or names and values as Node has them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** How to verify. */
export interface WebhookOptions {
  /** How many seconds a delivery's time may be from this machine's; 300 unless given. */
  tolerance?: number | undefined;
  /** What time it is, as Unix seconds; this machine's clock unless given. */
  now?: number | undefined;
}

/** What to sign, in a test of your own endpoint. */
export interface WebhookSample {
  payload: string;
  secret: string;
  /** The id of the delivery; made up unless given. */
  id?: string | undefined;
  /** Unix seconds; now unless given. */
  timestamp?: number | undefined;
}

interface Claim {
  signed: string;
  timestamp: string;
  signatures: Uint8Array<ArrayBuffer>[];
  key(secret: string): Uint8Array<ArrayBuffer>;
}

/** Verifies deliveries of webhooks. */
export class Webhooks {
  /**
   * The event of a delivery, once its signature and time are verified.
   *
   * `body` is the body as it was received, not parsed. `headers` are those of the request, of which the Standard Webhooks
   * ones are looked at, or else `Vinr-Signature`; a text is the value of `Vinr-Signature`. `secret` is that of the endpoint
   * (`whsec_…`), or several while they are being changed. Throws a `WebhookVerificationError`.
   */
  async constructEvent(
    body: string | Uint8Array | ArrayBuffer,
    headers: WebhookHeaders | string,
    secret: string | readonly string[],
    options: WebhookOptions = {},
  ): Promise<Event> {
    const text = typeof body === "string" ? body : decoded(body);
    const claim = claimOf(text, headers);
    checkTime(claim.timestamp, options);
    await checkSignature(claim, typeof secret === "string" ? [secret] : secret);
    return eventOf(text);
  }

  /** The headers of a delivery of this payload, for tests of your own endpoint. */
  async sign({ payload, secret, id, timestamp }: WebhookSample): Promise<Record<string, string>> {
    const at = String(timestamp ?? seconds());
    const name = id ?? `msg_${(await webCrypto()).randomUUID()}`;
    const standard = await hmac(decodedSecret(secret), `${name}.${at}.${payload}`);
    const own = await hmac(bytes(secret), `${at}.${payload}`);
    return {
      "webhook-id": name,
      "webhook-timestamp": at,
      "webhook-signature": `v1,${btoa(String.fromCharCode(...standard))}`,
      "vinr-signature": `t=${at},v1=${hex(own)}`,
    };
  }
}

function eventOf(text: string): Event {
  try {
    return JSON.parse(text) as Event;
  } catch (cause) {
    throw new WebhookVerificationError("The delivery is signed, but its body is not JSON.", { cause });
  }
}

function claimOf(body: string, headers: WebhookHeaders | string): Claim {
  if (typeof headers === "string") return ownClaim(body, headers);
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    header(headers, name),
  );
  if (id && timestamp && signature) return standardClaim(body, id, timestamp, signature);
  const own = header(headers, "vinr-signature");
  if (own) return ownClaim(body, own);
  throw new WebhookVerificationError("The delivery is not signed: it has neither webhook-signature nor Vinr-Signature.");
}

function standardClaim(body: string, id: string, timestamp: string, signature: string): Claim {
  const versions = signature.split(" ").map((each) => each.split(","));
  const signatures = versions.filter(([version]) => version === "v1").map(([, value]) => unbase64(value ?? ""));
  return { signed: `${id}.${timestamp}.${body}`, timestamp, signatures: known(signatures), key: decodedSecret };
}

function ownClaim(body: string, signature: string): Claim {
  const parts = signature.split(",").map((part) => part.trim().split("="));
  const timestamp = parts.find(([name]) => name === "t")?.[1] ?? "";
  const signatures = parts.filter(([name]) => name === "v1").map(([, value]) => unhex(value ?? ""));
  return { signed: `${timestamp}.${body}`, timestamp, signatures: known(signatures), key: bytes };
}

function known<T>(signatures: (T | undefined)[]): T[] {
  return signatures.filter((each) => each !== undefined);
}

function checkTime(timestamp: string, { tolerance = TOLERANCE_SECONDS, now = seconds() }: WebhookOptions): void {
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError("The delivery does not say when it was signed.");
  const age = now - Number(timestamp);
  if (Math.abs(age) <= tolerance) return;
  const when = age > 0 ? `${age} seconds ago` : `${-age} seconds ahead of this machine's clock`;
  throw new WebhookVerificationError(`The delivery was signed ${when}; at most ${tolerance} are accepted.`);
}

async function checkSignature(claim: Claim, secrets: readonly string[]): Promise<void> {
  const { subtle } = await webCrypto();
  const signed = bytes(claim.signed);
  for (const secret of secrets) {
    const key = await hmacKey(claim.key(secret));
    // The runtime compares in constant time.
    for (const signature of claim.signatures) if (await subtle.verify("HMAC", key, signature, signed)) return;
  }
  throw new WebhookVerificationError(
    "No signature of the delivery fits. Pass the body as it was received, and the secret of this endpoint.",
  );
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  return new Uint8Array(await (await webCrypto()).subtle.sign("HMAC", await hmacKey(key), bytes(text)));
}

async function hmacKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const { subtle } = await webCrypto();
  return subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function decodedSecret(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith(SECRET_PREFIX) ? unbase64(secret.slice(SECRET_PREFIX.length)) : undefined;
  if (key?.length) return key;
  throw new ConfigurationError(`The secret of a webhook endpoint starts with ${SECRET_PREFIX}, followed by base64.`);
}

function header(headers: Exclude<WebhookHeaders, string>, name: string): string | undefined {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : found?.[0];
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function decoded(body: Uint8Array | ArrayBuffer): string {
  try {
    // Any byte that is lost or added would spoil the signature: no mark is dropped, nothing is replaced.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new WebhookVerificationError("The body of the delivery is not UTF-8.", { cause });
  }
}

function unbase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^([0-9a-f]{2})+$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
