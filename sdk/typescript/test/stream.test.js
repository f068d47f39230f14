/** Streams of events, from a server that misbehaves: each event once, in order, wherever connections and bytes are cut. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { APIConnectionError, AuthenticationError, InvalidAnswerError, RateLimitError, Vinr, VinrError } from "@vinr/sdk";

const HELLO = "id: p-0\nretry: 1\n\n";
const HEARTBEAT = ": still here\nid: p-9\n\n";
const event = (number, name = "Überraschung 🎁") => ({ id: `evt_${number}`, object: "event", data: { object: { name } } });
const block = (number) => `event: loyalty.points.earned\ndata: ${JSON.stringify(event(number))}\nid: p-${number}\n\n`;
const sse = { "content-type": "text/event-stream; charset=utf-8" };
const refusal = (code) => JSON.stringify({ error: { type: "invalid_request_error", code, message: `It is ${code}.` } });

/** Serves a play, an answer for each connection, and follows it. */
async function playing(t, plays, { params = {}, options = {}, client = {} } = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push({ url: new URL(request.url, "http://api.test"), headers: request.headers });
    const play = plays[asked.length - 1];
    if (!play) return response.writeHead(401, { "content-type": "application/json" }).end(refusal("api_key_invalid"));
    return play(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const vinr = new Vinr({ secretKey: "sk_test_key", baseUrl, ...client });
  const stream = vinr.events.stream(params, options);
  return { stream, asked, places: () => asked.map(({ url }) => url.searchParams.get("last_event_id")) };
}

const telling = (...texts) => (response) => response.writeHead(200, sse).end(texts.join(""));
const open = (...texts) => (response) => response.writeHead(200, sse).write(texts.join(""));
const cut = (...texts) => (response) => response.writeHead(200, sse).write(texts.join(""), () => response.destroy());
const refusing = (status, code, headers = {}) => (response) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(refusal(code));

/** The ids of the first so many events; leaves the loop then. */
async function first(stream, count) {
  const ids = [];
  for await (const { id } of stream) if (ids.push(id) === count) break;
  return ids;
}

test("events come as they happen, with what was asked for, and nothing is asked for before", async (t) => {
  const params = { types: ["loyalty.points.*", "loyalty.tier.changed"], account: "loy_1", lastEventId: "p-7" };
  const { stream, asked } = await playing(t, [open(HELLO, HEARTBEAT, block(10), block(11))], { params });
  assert.deepEqual([stream.lastEventId, asked.length], ["p-7", 0]);
  const found = [];
  for await (const each of stream) {
    found.push([each, stream.lastEventId]);
    if (found.length === 2) break;
  }
  assert.deepEqual(found, [
    [event(10), "p-10"],
    [event(11), "p-11"],
  ]);
  const [{ url, headers }] = asked;
  assert.deepEqual(
    [url.pathname, url.searchParams.get("types"), url.searchParams.get("account"), url.searchParams.get("last_event_id")],
    ["/v1/events/stream", "loyalty.points.*,loyalty.tier.changed", "loy_1", "p-7"],
  );
  assert.deepEqual([headers.accept, headers.authorization], ["text/event-stream", "Bearer sk_test_key"]);
  assert.deepEqual(await first(stream, 1), [], "what has ended does not begin again");
});

test("a connection cut anywhere in an event goes on behind the last whole one, without loss or doubles", async (t) => {
  const whole = Buffer.from(block(2));
  for (const at of [0, 1, 20, 40, whole.indexOf("Ü") + 1, whole.indexOf("🎁") + 2, whole.length - 2, whole.length - 1]) {
    const half = (response) => {
      response.writeHead(200, sse).write(Buffer.concat([Buffer.from(HELLO + block(1)), whole.subarray(0, at)]), () =>
        response.destroy(),
      );
    };
    const { stream, places } = await playing(t, [half, open("id: p-1\nretry: 1\n\n", block(2), block(3))]);
    assert.deepEqual(await first(stream, 3), ["evt_1", "evt_2", "evt_3"], `cut at ${at}`);
    assert.deepEqual(places(), [null, "p-1"]);
  }
});

test("before there was an event, and while there is none, it goes on from where the server says it is", async (t) => {
  const plays = [cut(HELLO), telling("id: p-0\n\n", HEARTBEAT), cut("id: p-9\n\n"), open(block(10))];
  const { stream, places } = await playing(t, plays);
  assert.deepEqual(await first(stream, 1), ["evt_10"]);
  assert.deepEqual(places(), [null, "p-0", "p-9", "p-9"]);
});

test("bytes may be cut anywhere, lines may end in any way, and unknown fields are passed over", async (t) => {
  const lines = ["\u{feff}: hello", "id: p-1", "future: x", "retry: soon", "data:{", `data: "id":"evt_1","ä":"🎁"}`, ""];
  for (const end of ["\n", "\r\n", "\r"]) {
    const bytes = Buffer.from([...lines, "data", ": no id", `data:${JSON.stringify(event(2))}`, "", ""].join(end));
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        new Uint8Array(bytes.subarray(index * size, (index + 1) * size)),
      );
      const body = new ReadableStream({ start: (controller) => chunks.forEach((chunk) => controller.enqueue(chunk)) });
      const fetch = async () => new Response(body, { headers: sse });
      const stream = new Vinr({ secretKey: "sk", fetch }).events.stream();
      const found = [];
      for await (const each of stream) {
        found.push([each, stream.lastEventId]);
        if (found.length === 2) break;
      }
      const expected = [[{ id: "evt_1", ä: "🎁" }, "p-1"], [event(2), "p-1"]];
      assert.deepEqual(found, expected, `${JSON.stringify(end)} by ${size}`);
    }
  }
});

test("a server that fails for a while is come back to, more often than a call is tried", async (t) => {
  const failing = Array(4).fill(refusing(503, "service_unavailable", { "retry-after": "0" }));
  const { stream, asked } = await playing(t, [telling(HELLO, block(1)), ...failing, open(block(2))]);
  assert.deepEqual(await first(stream, 2), ["evt_1", "evt_2"]);
  assert.equal(asked.length, 6);
});

test("a server that stays away is given up, and one is not come back to where no retries are wanted", async (t) => {
  const failing = Array(20).fill(refusing(503, "service_unavailable", { "retry-after": "0" }));
  const { stream, asked } = await playing(t, [telling(HELLO, block(1)), ...failing], { options: { maxRetries: 1 } });
  await assert.rejects(first(stream, 2), { name: "ServerError" });
  assert.equal(asked.length, 1 + 9);
  const { stream: once, asked: askedOnce } = await playing(t, [telling(HELLO, block(1))], { options: { maxRetries: 0 } });
  await assert.rejects(first(once, 2), { name: "APIConnectionError", message: /ended the stream/ });
  assert.deepEqual([askedOnce.length, once.lastEventId], [1, "p-1"]);
});

test("a place given as a header is left behind with the first event", async (t) => {
  const options = { headers: { "Last-Event-ID": "p-5", "X-Own": "1" } };
  const { stream, asked, places } = await playing(t, [telling("retry: 1\n\n", block(6)), open(block(7))], { options });
  assert.deepEqual(await first(stream, 2), ["evt_6", "evt_7"]);
  assert.deepEqual(asked.map(({ headers }) => [headers["last-event-id"], headers["x-own"]]), [["p-5", "1"], [undefined, "1"]]);
  assert.deepEqual(places(), [null, "p-6"]);
});

test("a server that never answered is tried as often as a call", async (t) => {
  const failing = Array(9).fill(refusing(503, "service_unavailable", { "retry-after": "0" }));
  const { stream, asked } = await playing(t, failing, { options: { maxRetries: 1 } });
  await assert.rejects(first(stream, 1), { name: "ServerError", code: "service_unavailable" });
  assert.equal(asked.length, 2);
  const nobody = new Vinr({ secretKey: "sk", baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
  await assert.rejects(first(nobody.events.stream(), 1), APIConnectionError);
});

test("what the server refuses is thrown, at once and later", async (t) => {
  const refusals = { 400: "parameter_invalid", 401: "api_key_invalid", 403: "scope_missing", 410: "stream_place_gone" };
  for (const [status, code] of Object.entries(refusals)) {
    for (const before of [[], [telling(HELLO, block(1))]]) {
      const { stream, asked } = await playing(t, [...before, refusing(Number(status), code)]);
      await assert.rejects(first(stream, 9), (error) => {
        assert.ok(error instanceof VinrError);
        assert.deepEqual([error.status, error.code], [Number(status), code]);
        return true;
      });
      assert.equal(asked.length, before.length + 1);
      assert.equal(stream.lastEventId, before.length ? "p-1" : undefined);
    }
  }
  const { stream } = await playing(t, []);
  await assert.rejects(first(stream, 1), AuthenticationError);
});

test("a 429 is waited for as long as it asks, and not for more than a minute", async (t) => {
  const limited = (seconds) => refusing(429, "stream_limit_reached", { "retry-after": String(seconds) });
  const { stream } = await playing(t, [limited(0.2), open(HELLO, block(1))]);
  const start = performance.now();
  assert.deepEqual(await first(stream, 1), ["evt_1"]);
  assert.ok(performance.now() - start >= 190);
  const { stream: longer, asked } = await playing(t, [limited(61)]);
  await assert.rejects(first(longer, 1), RateLimitError);
  assert.equal(asked.length, 1);
});

test("a connection that is silent for 45 seconds is lost; one whose server still speaks is not", async (t) => {
  const { setTimeout: real } = globalThis;
  t.after(() => (globalThis.setTimeout = real));
  globalThis.setTimeout = (call, wait, ...rest) => real(call, wait === 45_000 ? 900 : wait, ...rest);
  const speaking = (response) => {
    open(HELLO)(response);
    let beats = 0;
    const timer = setInterval(() => {
      if (++beats < 9) return response.write(": still here\n\n");
      clearInterval(timer);
      return response.write(block(1));
    }, 120);
  };
  const { stream, places } = await playing(t, [speaking, open(block(2))]);
  const start = performance.now();
  assert.deepEqual(await first(stream, 2), ["evt_1", "evt_2"]);
  assert.ok(performance.now() - start >= 9 * 120 + 890);
  assert.deepEqual(places(), [null, "p-1"]);
});

test("leaving the loop, close() and a signal end it, connection and all", { timeout: 20_000 }, async (t) => {
  const closed = [];
  const noticing = (response) => {
    closed.push(new Promise((resolve) => response.on("close", resolve)));
    open(HELLO, block(1), block(2))(response);
  };
  const followed = async (end, controller = new AbortController()) => {
    const { stream, asked } = await playing(t, [noticing], { options: { signal: controller.signal } });
    const ids = [];
    for await (const { id } of stream) {
      ids.push(id);
      if (end(stream, controller) === "left") break;
    }
    assert.equal(asked.length, 1);
    await closed.pop();
    return [ids, stream.lastEventId];
  };
  const one = [["evt_1"], "p-1"];
  assert.deepEqual(await followed(() => "left"), one);
  assert.deepEqual(await followed((stream) => stream.close()), one);
  assert.deepEqual(await followed((_, controller) => controller.abort()), one);
  const waiting = [["evt_1", "evt_2"], "p-2"];
  assert.deepEqual(await followed((stream) => setTimeout(() => stream.close(), 50)), waiting);
  assert.deepEqual(await followed((_, controller) => setTimeout(() => controller.abort(), 50)), waiting);
});

test("it ends as well before it was answered, between two connections, and where nobody wants it any more", async (t) => {
  const { stream: unanswered } = await playing(t, [() => setTimeout(() => unanswered.close(), 20)]);
  assert.deepEqual(await first(unanswered, 1), []);
  const { stream: pausing } = await playing(t, [telling("retry: 8000\n\n", block(1))]);
  setTimeout(() => pausing.close(), 200);
  assert.deepEqual(await first(pausing, 2), ["evt_1"]);
  const { stream: unwanted, asked } = await playing(t, [], { options: { signal: AbortSignal.abort() } });
  assert.deepEqual(await first(unwanted, 1), []);
  assert.equal(asked.length, 0);
});

test("an answer that is no stream of events is told from one that is", async (t) => {
  const page = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Welcome</p>");
  const { stream } = await playing(t, [page]);
  await assert.rejects(first(stream, 1), (error) => error instanceof InvalidAnswerError && error.status === 200);
  const { stream: broken } = await playing(t, [open("data: {\n\n")]);
  await assert.rejects(first(broken, 1), { name: "InvalidAnswerError", message: /not JSON/ });
  const fetch = async () => ({ status: 200, headers: new Headers(sse), text: async () => "" });
  const without = new Vinr({ secretKey: "sk", fetch, maxRetries: 0 });
  await assert.rejects(first(without.events.stream(), 1), { name: "ConfigurationError", message: /ReadableStream/ });
});
