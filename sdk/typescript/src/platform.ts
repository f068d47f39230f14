/** What the runtime gives: its environment variables and its cryptography, on Node and on edge runtimes alike. */

/** The part of Web Crypto that is used here. */
type WebCrypto = Pick<Crypto, "randomUUID" | "subtle">;

/** An environment variable; undefined where it is empty or there are none at all. */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}

/** Web Crypto. Node 18 has it, but not as a global. */
export async function webCrypto(): Promise<WebCrypto> {
  const known = (globalThis as { crypto?: WebCrypto }).crypto;
  if (known !== undefined) return known;
  // No bundler may follow this: it is reached on Node alone.
  const name = ["node", "crypto"].join(":");
  const found = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as { webcrypto: WebCrypto };
  return found.webcrypto;
}
