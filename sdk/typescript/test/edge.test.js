/** The package runs where there is nothing but what the web has: no Node, no modules of Node. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const DIST = new URL("../dist/", import.meta.url);
const FILES = readdirSync(DIST, { recursive: true }).filter((name) => name.endsWith(".js"));
const WEB = ["AbortController", "Headers", "Response", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "atob", "btoa"];
const source = (name) => readFileSync(new URL(name, DIST), "utf8");

test("no module of Node is imported, nothing of it is named", () => {
  assert.ok(FILES.includes("index.js") && FILES.length > 10);
  for (const name of FILES) {
    const code = source(name);
    for (const [, from] of code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) assert.match(from, /^\.\.?\//, name);
    assert.doesNotMatch(code, /node:|\brequire\(|\bBuffer\b|\b__dirname\b|\beval\(|new Function/, name);
  }
});

/** The package in a context of its own, with the globals of an edge runtime. */
async function onTheEdge(globals) {
  const context = vm.createContext({ ...Object.fromEntries(WEB.map((name) => [name, globalThis[name]])), ...globals });
  const modules = new Map();
  const load = (url) => {
    if (!modules.has(url)) {
      modules.set(url, new vm.SourceTextModule(readFileSync(new URL(url), "utf8"), { context, identifier: url }));
    }
    return modules.get(url);
  };
  const index = load(new URL("index.js", DIST).href);
  await index.link((specifier, parent) => load(new URL(specifier, parent.identifier).href));
  await index.evaluate();
  return index.namespace;
}

test("with the globals of the web alone it calls and verifies", { skip: !vm.SourceTextModule && "runs in a child" }, async () => {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ url, ...init });
    if (url.endsWith("/stream")) return new Response('data: {"id":"evt_1"}\n\n', { headers: { "content-type": "text/event-stream" } });
    return new Response('{"id":"loy_1"}', { status: requests.length === 1 ? 503 : 200, headers: { "retry-after": "0" } });
  };
  const { Vinr, VinrError } = await onTheEdge({ fetch, crypto: webcrypto, setTimeout, clearTimeout });
  assert.throws(() => new Vinr(), VinrError);
  const vinr = new Vinr({ secretKey: "sk_test_key" });
  assert.equal((await vinr.loyalty.accounts.create({ program: "prog_default" })).id, "loy_1");
  assert.deepEqual(requests.map(({ url }) => url), Array(2).fill("https://api.vinr.com/v1/loyalty/accounts"));
  for await (const { id } of vinr.events.stream()) {
    assert.equal(id, "evt_1");
    break;
  }
  const signed = { payload: '{"id":"evt_1"}', secret: `whsec_${btoa("a key")}` };
  const headers = await vinr.webhooks.sign(signed);
  assert.equal((await Vinr.webhooks.constructEvent(signed.payload, headers, signed.secret)).id, "evt_1");
});

test("the same in a process that may make modules by hand", { skip: !!vm.SourceTextModule && "is that process" }, () => {
  const flags = ["--experimental-vm-modules", "--no-warnings", "--test-name-pattern", "globals of the web"];
  const environment = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const told = execFileSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], { encoding: "utf8", env: environment });
  assert.match(told, /pass 1\b/);
});

test("on a Node without Web Crypto among its globals, as 18 is, it finds it", () => {
  const code = `
    delete globalThis.crypto;
    if ("crypto" in globalThis) throw new Error("still there");
    const { Vinr } = await import("@vinr/sdk");
    const sample = { payload: "{}", secret: "whsec_" + btoa("a key") };
    await Vinr.webhooks.constructEvent("{}", await Vinr.webhooks.sign(sample), sample.secret);
    const fetch = async (url, { headers }) => (console.log(headers["idempotency-key"]), new Response("{}"));
    await new Vinr({ secretKey: "sk", fetch }).loyalty.accounts.close("loy_1");`;
  const folder = fileURLToPath(new URL("..", DIST));
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8", cwd: folder });
  assert.match(told, /^[0-9a-f-]{36}\n$/);
});
