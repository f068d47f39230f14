/** camelCase becomes snake_case on the way out, except where keys belong to the caller. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { recording } from "./recording.js";

const sent = async (call) => {
  const { vinr, requests } = recording();
  await call(vinr);
  return requests[0].body;
};

test("names of parameters are converted, all the way down", async () => {
  const body = await sent((vinr) =>
    vinr.loyalty.programs.create({
      name: "Club",
      autoEnroll: true,
      currency: { pointValue: 1, expiry: { type: "fixed", month: 1, day: 31, minMonths: 3 } },
      tierConfig: { qualifyOn: "spend", downgrade: { mode: "period_end", graceDays: 5 }, tiers: [] },
    }),
  );
  assert.deepEqual(body, {
    name: "Club",
    auto_enroll: true,
    currency: { point_value: 1, expiry: { type: "fixed", month: 1, day: 31, min_months: 3 } },
    tier_config: { qualify_on: "spend", downgrade: { mode: "period_end", grace_days: 5 }, tiers: [] },
  });
});

test("snake_case is accepted too, and mixed", async () => {
  const body = await sent((vinr) =>
    vinr.loyalty.transactions.create({ account: "loy_1", amount: -5, allow_negative: true, expiresAt: null }),
  );
  assert.deepEqual(body, { account: "loy_1", amount: -5, allow_negative: true, expires_at: null });
});

test("metadata keeps its keys", async () => {
  const metadata = { signupChannel: "web", "Weird Key": "1", snake_case: "2", __proto__x: "3" };
  const body = await sent((vinr) => vinr.loyalty.accounts.create({ program: "prog_default", metadata }));
  assert.deepEqual(body, { program: "prog_default", metadata });
});

test("the body of an event keeps its keys, whatever it holds", async () => {
  const object = { id: "pay_1", amount: 5, lineItems: [{ sKu: "A", metadata: { aB: 1 } }], createdAt: "x" };
  const createdAt = new Date(Date.UTC(2026, 3, 1, 12));
  const body = await sent((vinr) => vinr.events.create({ id: "e", type: "payment.completed", createdAt, data: { object } }));
  assert.deepEqual(body, { id: "e", type: "payment.completed", created_at: "2026-04-01T12:00:00.000Z", data: { object } });
});

test("each event of a batch, and the event of a preview, keep theirs", async () => {
  const data = { object: { lineItems: [{ unitPrice: 5 }] } };
  const event = { id: "e", type: "cart.left", createdAt: "2026-04-01T12:00:00Z", data };
  const wire = { id: "e", type: "cart.left", created_at: "2026-04-01T12:00:00Z", data };
  assert.deepEqual(await sent((vinr) => vinr.events.createBatch({ events: [event, event] })), { events: [wire, wire] });
  assert.deepEqual(await sent((vinr) => vinr.loyalty.earningRules.preview({ event })), { event: wire });
});

test("a map by currency keeps its keys", async () => {
  const award = { type: "per_currency", rates: { EUR: 1, GBP: "1.2" } };
  const body = await sent((vinr) =>
    vinr.loyalty.earningRules.create({ program: "prog_default", trigger: "payment.completed", award }),
  );
  assert.deepEqual(body, { program: "prog_default", trigger: "payment.completed", award });
});

test("both spellings of one name are refused, and nothing is sent", async () => {
  const { vinr, requests } = recording();
  const twice = { account: "loy_1", amount: 1, expiresAt: null, expires_at: null };
  await assert.rejects(vinr.loyalty.transactions.create(twice), { name: "TypeError", message: /expires_at is given twice/ });
  assert.equal(requests.length, 0);
});

test("what is undefined is not sent", async () => {
  const body = await sent((vinr) => vinr.loyalty.accounts.create({ program: "prog_default", customer: undefined }));
  assert.deepEqual(body, { program: "prog_default" });
});

test("an invalid date is refused, not sent as null", async () => {
  const { vinr, requests } = recording();
  const adjustment = { account: "loy_1", amount: 1, expiresAt: new Date("soon") };
  await assert.rejects(vinr.loyalty.transactions.create(adjustment), RangeError);
  assert.equal(requests.length, 0);
});

test("queries: lists, spans, times and snake_case", async () => {
  const { vinr, requests } = recording([{ body: { data: [], page: {} } }]);
  await vinr.loyalty.transactions.list({
    account: "loy_1",
    limit: 5,
    startingAfter: "ptx_1",
    createdAt: { gte: new Date(Date.UTC(2026, 0, 1)), lt: "2026-02-01T00:00:00Z" },
    expand: ["account", "rule.program"],
    type: undefined,
  });
  assert.deepEqual(
    [...requests[0].url.searchParams],
    [
      ["account", "loy_1"],
      ["limit", "5"],
      ["starting_after", "ptx_1"],
      ["created_at[gte]", "2026-01-01T00:00:00.000Z"],
      ["created_at[lt]", "2026-02-01T00:00:00Z"],
      ["expand[]", "account"],
      ["expand[]", "rule.program"],
    ],
  );
  assert.equal(requests[0].body, undefined);
});

test("ids are escaped; what can be none is refused before anything is sent", async () => {
  const { vinr, requests } = recording();
  await vinr.customers.retrieve("cust/../a b?");
  assert.equal(requests[0].url.pathname, "/v1/customers/cust%2F..%2Fa%20b%3F");
  for (const wrong of ["", ".", "..", undefined, null, 5, {}]) {
    await assert.rejects(vinr.loyalty.accounts.retrieve(wrong), TypeError);
  }
  assert.equal(requests.length, 1);
});

test("answers are as on the wire", async () => {
  const body = { id: "loy_1", lifetime_points: 5, metadata: { signupChannel: "web" } };
  const { vinr } = recording([{ body }]);
  assert.deepEqual(await vinr.loyalty.accounts.retrieve("loy_1"), body);
});
