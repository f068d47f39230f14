/** Headers, tries, idempotency keys, time limits and errors, against servers that misbehave. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import {
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
  VERSION,
  Vinr,
  VinrError,
  responseOf,
} from "@vinr/sdk";
import { recording } from "./recording.js";

const AT_ONCE = { "retry-after": "0" };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const create = (vinr, options) => vinr.loyalty.accounts.create({ program: "prog_default" }, options);
const retrieve = (vinr, options) => vinr.loyalty.accounts.retrieve("loy_1", {}, options);
const keys = (requests) => requests.map(({ headers }) => headers["idempotency-key"]);

/** A client of a real server; `answer` gets each request and its number. */
async function against(answer, use, options = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    answer(response, requests.length, request);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const baseUrl = `http://127.0.0.1:${server.address().port}/`;
    await use(new Vinr({ secretKey: "sk_test_key", baseUrl, ...options }), requests);
  } finally {
    server.closeAllConnections?.();
    await new Promise((closed) => server.close(closed));
  }
}

/** A `fetch` that never answers, and the signals that it was given; `called` runs at each call. */
function silent(called = () => {}) {
  const signals = [];
  const fetch = (url, { signal }) => {
    signals.push(signal);
    const ended = new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener("abort", () => reject(signal.reason));
    });
    called();
    return ended;
  };
  return { fetch, signals };
}

const json = (response, status, body, headers = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
};

test("a read: key, version, agent, and no idempotency key", async () => {
  const { vinr, requests } = recording();
  await retrieve(vinr, { headers: { "X-Request-Id": "req_mine" } });
  assert.deepEqual(requests[0].headers, {
    accept: "application/json",
    authorization: "Bearer sk_test_key",
    "user-agent": `vinr-typescript/${VERSION}`,
    "vinr-version": "2026-04-01",
    "x-request-id": "req_mine",
  });
  assert.equal(requests[0].method, "GET");
  assert.equal(requests[0].url.href, "http://api.test/v1/loyalty/accounts/loy_1");
});

test("what has no method can be asked for, in the API's own words", async () => {
  const { vinr, requests } = recording([{ body: { ok: true } }]);
  const body = { camelCase: { stays_as: "itIs" } };
  assert.deepEqual(await vinr.request("PATCH", "/v1/new", { body, query: { limit: 5 } }, { idempotencyKey: "k" }), { ok: true });
  assert.equal(requests[0].url.href, "http://api.test/v1/new?limit=5");
  assert.deepEqual(requests[0].body, body);
  assert.equal(requests[0].headers["idempotency-key"], "k");
  await assert.rejects(vinr.request("GET", ".elsewhere.test/v1"), TypeError);
  assert.equal(requests.length, 1);
});

test("what came with an answer can be asked for, and does not stand in it", async () => {
  const headers = { "x-request-id": "req_1", "idempotent-replayed": "true", "x-ratelimit-remaining": "7" };
  const { vinr } = recording([{ body: { id: "loy_1" }, headers }, { body: { id: "loy_1" } }]);
  const [first, second] = [await create(vinr), await create(vinr)];
  assert.deepEqual(first, { id: "loy_1" });
  const { status, requestId, replayed, headers: all } = responseOf(first);
  assert.deepEqual([status, requestId, replayed, all.get("X-RateLimit-Remaining")], [200, "req_1", true, "7"]);
  assert.deepEqual([responseOf(second).requestId, responseOf(second).replayed], [undefined, false]);
  assert.equal(responseOf({}), undefined);
});

test("every write has an idempotency key of its own, or the caller's", async () => {
  const { vinr, requests } = recording();
  await create(vinr);
  await create(vinr);
  await create(vinr, { idempotencyKey: "order_7" });
  const [first, second, third] = keys(requests);
  assert.match(first, UUID);
  assert.match(second, UUID);
  assert.notEqual(first, second);
  assert.equal(third, "order_7");
  assert.equal(requests[0].headers["content-type"], "application/json");
});

test("429, 5xx and network errors are tried again, with the same key", async () => {
  const answers = [{ status: 429, headers: AT_ONCE }, { status: 503, headers: AT_ONCE }, { body: { id: "loy_1" } }];
  const { vinr, requests } = recording(answers);
  assert.deepEqual(await create(vinr), { id: "loy_1" });
  assert.equal(requests.length, 3);
  assert.equal(new Set(keys(requests)).size, 1);
});

test("a connection that breaks before the answer, or within it, is tried again with the same key", async () => {
  const breaking = (response, number) => {
    if (number === 1) return response.destroy();
    if (number === 2) {
      response.writeHead(200, { "content-length": "100" });
      return response.write('{"id":', () => response.destroy());
    }
    return json(response, 200, { id: "loy_1" });
  };
  await against(breaking, async (vinr, requests) => {
    assert.deepEqual(await create(vinr), { id: "loy_1" });
    const sent = requests.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(sent.length, 3);
    assert.equal(new Set(sent).size, 1);
  });
});

test("tries end, and the last error is thrown", async () => {
  const down = (response) => json(response, 503, { error: { code: "service_unavailable", type: "api_error" } }, AT_ONCE);
  await against(down, async (vinr, requests) => {
    await assert.rejects(retrieve(vinr), { name: "ServerError", status: 503, code: "service_unavailable", retryAfter: 0 });
    assert.equal(requests.length, 3);
    await assert.rejects(retrieve(vinr, { maxRetries: 0 }), ServerError);
    assert.equal(requests.length, 4);
    await assert.rejects(retrieve(vinr, { maxRetries: 4 }), ServerError);
    assert.equal(requests.length, 9);
  });
});

test("what cannot get better is not tried again", async () => {
  for (const status of [400, 401, 403, 404, 409, 413, 415, 422]) {
    const { vinr, requests } = recording([{ status }]);
    await assert.rejects(create(vinr), { status });
    assert.equal(requests.length, 1, String(status));
  }
});

test("a server that asks for more than a minute is not waited for", async () => {
  const { vinr, requests } = recording([{ status: 429, headers: { "retry-after": "3600" } }]);
  await assert.rejects(create(vinr), { name: "RateLimitError", retryAfter: 3600 });
  assert.equal(requests.length, 1);
});

test("waits: Retry-After in seconds or as a date, else twice as long each time, with jitter", async (context) => {
  const waits = [];
  context.mock.method(globalThis, "setTimeout", (run, milliseconds) => {
    if (milliseconds < 30_000) {
      waits.push(milliseconds);
      queueMicrotask(run);
    }
    return 0;
  });
  const date = new Date(Date.now() + 7_000).toUTCString();
  const headers = [{ "retry-after": "2" }, { "retry-after": date }, {}, {}, {}, {}, {}];
  const { vinr } = recording(headers.map((each) => ({ status: 500, headers: each })), { maxRetries: 7 });
  await create(vinr);
  const [seconds, dated, ...own] = waits;
  assert.ok(seconds >= 2_000 && seconds < 2_500, String(seconds));
  assert.ok(dated > 5_000 && dated < 8_750, String(dated));
  [2_000, 4_000, 8_000, 8_000, 8_000].forEach((most, index) => {
    assert.ok(own[index] > most / 2 && own[index] <= most, `${own[index]} of ${most}`);
  });
});

test("no answer in time", async () => {
  const { fetch, signals } = silent();
  const vinr = new Vinr({ secretKey: "sk_test_key", baseUrl: "http://api.test", fetch });
  const error = await retrieve(vinr, { timeout: 5, maxRetries: 0 }).catch((each) => each);
  assert.ok(error instanceof APITimeoutError && error instanceof APIConnectionError);
  assert.match(error.message, /GET http:\/\/api.test\/v1\/loyalty\/accounts\/loy_1 within 5 ms/);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
});

test("an answer that stops half way is out of time too", async () => {
  const stalling = (response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
  };
  await against(stalling, async (vinr) => {
    await assert.rejects(retrieve(vinr), APITimeoutError);
  }, { timeout: 50, maxRetries: 0 });
});

test("the caller's signal ends a call: before it, within it, between tries", async () => {
  const reason = new Error("Gone shopping");
  const within = new AbortController();
  const { fetch, signals } = silent(() => within.abort(reason));
  const vinr = new Vinr({ secretKey: "sk_test_key", baseUrl: "http://api.test", fetch });
  await assert.rejects(retrieve(vinr, { signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(retrieve(vinr, { signal: within.signal }), reason);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, true]);

  const between = new AbortController();
  const busy = recording([{ status: 503, headers: { "retry-after": "50" } }]);
  const call = create(busy.vinr, { signal: between.signal });
  setTimeout(() => between.abort(reason), 5);
  await assert.rejects(call, reason);
  assert.equal(busy.requests.length, 1);
});

test("errors carry what the server said", async () => {
  const faults = [{ param: "amount", code: "parameter_invalid", message: "Too few." }];
  const error = {
    ...{ type: "invalid_request_error", code: "insufficient_points", message: "Too few.", param: "amount" },
    ...{ resource: "loy_1", doc_url: "https://docs.test/errors#x", request_id: "req_1", balance: 5, required: 9 },
    errors: faults,
  };
  const { vinr } = recording([{ status: 422, body: { error } }]);
  await assert.rejects(create(vinr), (thrown) => {
    assert.ok(thrown instanceof UnprocessableError && thrown instanceof InvalidRequestError && thrown instanceof VinrError && thrown instanceof Error);
    const { message, type, code, status, param, resource, docUrl, requestId, details, errors, retryAfter } = thrown;
    assert.deepEqual({ message, type, code, status, param, resource, docUrl, requestId, retryAfter }, {
      ...{ message: "Too few.", type: "invalid_request_error", code: "insufficient_points", status: 422, param: "amount" },
      ...{ resource: "loy_1", docUrl: "https://docs.test/errors#x", requestId: "req_1", retryAfter: undefined },
    });
    assert.deepEqual(details, { balance: 5, required: 9 });
    assert.deepEqual(errors, faults);
    return true;
  });
});

test("each kind of error has a class", async () => {
  const kinds = new Map([
    ...[[400, InvalidRequestError], [401, AuthenticationError], [403, PermissionDeniedError], [404, NotFoundError]],
    ...[[405, InvalidRequestError], [409, ConflictError], [413, InvalidRequestError], [422, UnprocessableError]],
    ...[[429, RateLimitError], [500, ServerError], [503, ServerError], [302, InvalidAnswerError]],
  ]);
  for (const [status, kind] of kinds) {
    const { vinr } = recording([{ status, body: "" }], { maxRetries: 0 });
    const error = await create(vinr).catch((each) => each);
    assert.equal(error.constructor, kind);
    assert.equal(error.name, kind.name);
    assert.ok(!Object.keys(error).includes("name"));
  }
});

test("an answer that is not ours is told apart", async () => {
  const html = { status: 502, body: "<h1>Bad gateway</h1>", headers: { "x-request-id": "req_2" } };
  const { vinr } = recording([html, { status: 200, body: "<h1>Hello</h1>" }], { maxRetries: 0 });
  await assert.rejects(create(vinr), { name: "ServerError", status: 502, code: undefined, requestId: "req_2" });
  await assert.rejects(create(vinr), { name: "InvalidAnswerError", status: 200, message: /not JSON: check baseUrl/ });
});

test("it is not led to another address", async () => {
  const moved = (response, number) => json(response, number === 1 ? 301 : 200, {}, number === 1 ? { location: "/v2" } : {});
  await against(moved, async (vinr, requests) => {
    await assert.rejects(create(vinr), { name: "InvalidAnswerError", status: 301, message: /301 .*check baseUrl/ });
    assert.equal(requests.length, 1);
  });
});

test("where nobody listens the error says so", async () => {
  const vinr = new Vinr({ secretKey: "sk_test_key", baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
  await assert.rejects(create(vinr), (error) => error instanceof APIConnectionError && error.cause instanceof Error);
});

test("what the environment says counts where nothing is passed", async (context) => {
  const { VINR_SECRET_KEY, VINR_API_BASE } = process.env;
  context.after(() => Object.assign(process.env, { VINR_SECRET_KEY, VINR_API_BASE }));
  Object.assign(process.env, { VINR_SECRET_KEY: "sk_test_env", VINR_API_BASE: "http://env.test/" });
  const { vinr, requests } = recording([], { secretKey: undefined, baseUrl: undefined });
  await retrieve(vinr);
  assert.equal(requests[0].url.origin, "http://env.test");
  assert.equal(requests[0].headers.authorization, "Bearer sk_test_env");
  process.env.VINR_API_BASE = "";
  const bare = recording([], { baseUrl: undefined });
  await retrieve(bare.vinr);
  assert.equal(bare.requests[0].url.origin, "https://api.vinr.com");
  delete process.env.VINR_SECRET_KEY;
  assert.throws(() => new Vinr(), { name: "ConfigurationError", message: /VINR_SECRET_KEY/ });
});

test("options out of range are refused, and a secret never shows", async () => {
  const refused = (options) =>
    assert.throws(() => new Vinr({ secretKey: "sk", ...options }), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.doesNotMatch(error.message, /sk_/);
      return true;
    });
  refused({ secretKey: "sk_test_key\n" });
  refused({ secretKey: "sk_test_kéy" });
  refused({ baseUrl: "api.vinr.com" });
  refused({ timeout: 0 });
  refused({ timeout: 2 ** 31 });
  refused({ maxRetries: -1 });
  const { vinr, requests } = recording();
  await assert.rejects(create(vinr, { timeout: -5 }), ConfigurationError);
  await assert.rejects(create(vinr, { maxRetries: Number.NaN }), ConfigurationError);
  await assert.rejects(create(vinr, { idempotencyKey: "é" }), ConfigurationError);
  await assert.rejects(create(vinr, { idempotencyKey: "" }), ConfigurationError);
  assert.equal(requests.length, 0);
});
