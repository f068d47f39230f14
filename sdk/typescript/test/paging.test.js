/** Lists: awaited for a page, iterated for everything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { page, recording } from "./recording.js";

const ids = async (list) => {
  const found = [];
  for await (const { id } of list) found.push(id);
  return found;
};
const cursors = (requests) => requests.map(({ url }) => url.searchParams.get("starting_after"));

test("awaited, a list is its first page", async () => {
  const { vinr, requests } = recording([page(["loy_3", "loy_2"], "loy_2")]);
  const { data, page: where } = await vinr.loyalty.accounts.list({ limit: 2 });
  assert.deepEqual(data.map(({ id }) => id), ["loy_3", "loy_2"]);
  assert.deepEqual(where, { has_more: true, next_cursor: "loy_2", total_estimate: 9 });
  assert.equal(requests.length, 1);
});

test("iterated, it asks for page after page, with the same filters", async () => {
  const answers = [page(["loy_4", "loy_3"], "loy_3"), page(["loy_2"], "loy_2"), page(["loy_1"])];
  const { vinr, requests } = recording(answers);
  const list = vinr.loyalty.accounts.list({ limit: 2, program: "prog_default" });
  assert.deepEqual(await ids(list), ["loy_4", "loy_3", "loy_2", "loy_1"]);
  assert.deepEqual(cursors(requests), [null, "loy_3", "loy_2"]);
  for (const { url } of requests) assert.equal(url.searchParams.get("program"), "prog_default");
});

test("a page may be empty and others follow", async () => {
  const { vinr } = recording([page([], "loy_9"), page(["loy_1"])]);
  assert.deepEqual(await ids(vinr.loyalty.accounts.list()), ["loy_1"]);
});

test("a page is asked for when it is come to, and the first one once", async () => {
  const { vinr, requests } = recording([page(["loy_2"], "loy_2"), page(["loy_1"])]);
  const list = vinr.loyalty.accounts.list();
  assert.equal(requests.length, 0);
  await list;
  await list;
  assert.equal(requests.length, 1);
  for await (const account of list) {
    assert.equal(account.id, "loy_2");
    break;
  }
  assert.equal(requests.length, 1);
  assert.deepEqual(await ids(list), ["loy_2", "loy_1"]);
});

test("it goes on from where the caller started, in either spelling", async () => {
  for (const start of [{ startingAfter: "loy_9" }, { starting_after: "loy_9" }]) {
    const { vinr, requests } = recording([page(["loy_8"], "loy_8"), page(["loy_7"])]);
    assert.deepEqual(await ids(vinr.loyalty.accounts.list(start)), ["loy_8", "loy_7"]);
    assert.deepEqual(cursors(requests), ["loy_9", "loy_8"]);
  }
});

test("backwards it goes on towards the newest, object by object", async () => {
  for (const end of [{ endingBefore: "loy_1" }, { ending_before: "loy_1" }]) {
    const { vinr, requests } = recording([page(["loy_3", "loy_2"], "loy_3"), page(["loy_5", "loy_4"])]);
    assert.deepEqual(await ids(vinr.loyalty.accounts.list(end)), ["loy_2", "loy_3", "loy_4", "loy_5"]);
    assert.deepEqual(requests.map(({ url }) => url.searchParams.get("ending_before")), ["loy_1", "loy_3"]);
    assert.deepEqual(cursors(requests), [null, null]);
  }
});

test("pages one by one", async () => {
  const { vinr } = recording([page(["loy_2"], "loy_2"), page(["loy_1"])]);
  const sizes = [];
  for await (const each of vinr.loyalty.accounts.list().pages()) sizes.push(each.data.length);
  assert.deepEqual(sizes, [1, 1]);
});

test("an error comes out of either way", async () => {
  const { vinr } = recording([{ status: 404 }, { status: 404 }, { status: 404 }]);
  await assert.rejects(ids(vinr.loyalty.accounts.list()), { status: 404 });
  await assert.rejects(async () => vinr.loyalty.accounts.list(), { status: 404 });
  const told = await vinr.loyalty.accounts.list().catch(({ status }) => status).finally(() => {});
  assert.equal(told, 404);
});
