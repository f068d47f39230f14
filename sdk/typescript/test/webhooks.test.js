/** Webhooks: what is accepted, and what is not. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Vinr, VinrError, WebhookVerificationError } from "@vinr/sdk";
import { recording } from "./recording.js";

const KEY = Buffer.from("a key of thirty-two bytes, or so");
const SECRET = `whsec_${KEY.toString("base64")}`;
const OTHER = `whsec_${Buffer.from("another key").toString("base64")}`;
const NOW = 1_775_044_800;
const BODY = JSON.stringify({ id: "evt_1", object: "event", type: "loyalty.points.earned", data: { object: { näme: "Ü" } } });
const AT_NOW = { now: NOW };

const standard = (body = BODY, { secret = KEY, at = NOW } = {}) => {
  const signature = createHmac("sha256", secret).update(`msg_1.${at}.${body}`).digest("base64");
  return { "webhook-id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
};
const own = (body = BODY, { secret = SECRET, at = NOW } = {}) =>
  `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
const construct = (...given) => Vinr.webhooks.constructEvent(...given);
const refused = (call, message) =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof WebhookVerificationError && error instanceof VinrError, String(error));
    assert.match(error.message, message);
    return true;
  });

test("both kinds of signature are accepted, however headers and bodies come", async () => {
  const event = JSON.parse(BODY);
  const bytes = new TextEncoder().encode(BODY);
  const headers = standard();
  const asNode = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
  for (const given of [headers, new Headers(headers), asNode, { "Vinr-Signature": own() }, own()]) {
    for (const body of [BODY, bytes, bytes.buffer, Buffer.from(BODY)]) {
      assert.deepEqual(await construct(body, given, SECRET, AT_NOW), event);
    }
  }
  const { vinr } = recording();
  assert.deepEqual(await vinr.webhooks.constructEvent(BODY, headers, SECRET, AT_NOW), event);
});

test("any other body, id, time or secret is refused", async () => {
  const headers = standard();
  const changed = [
    [`${BODY} `, headers, SECRET],
    [`\u{feff}${BODY}`, headers, SECRET],
    [BODY, { ...headers, "webhook-id": "msg_2" }, SECRET],
    [BODY, { ...headers, "webhook-timestamp": String(NOW + 1) }, SECRET],
    [BODY, headers, OTHER],
    [BODY, own().replace(`t=${NOW}`, `t=${NOW + 1}`), SECRET],
    [`${BODY} `, own(), SECRET],
    [BODY, own(), OTHER],
    [BODY, { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,") }, SECRET],
    [BODY, { ...headers, "webhook-signature": "v1," }, SECRET],
    [BODY, { ...headers, "webhook-signature": "v1,%%%" }, SECRET],
    [BODY, { ...headers, "webhook-signature": headers["webhook-signature"].slice(0, -8) }, SECRET],
    [BODY, own().slice(0, -2), SECRET],
    [BODY, `t=${NOW},v1=zz`, SECRET],
    [BODY, `t=${NOW}`, SECRET],
  ];
  for (const [body, given, secret] of changed) await refused(construct(body, given, secret, AT_NOW), /No signature .* fits/);
});

test("the two schemes are keyed apart: neither's signature passes for the other's", async () => {
  const text = createHmac("sha256", SECRET).update(`msg_1.${NOW}.${BODY}`).digest("base64");
  await refused(construct(BODY, { ...standard(), "webhook-signature": `v1,${text}` }, SECRET, AT_NOW), /fits/);
  await refused(construct(BODY, own(BODY, { secret: KEY }), SECRET, AT_NOW), /fits/);
});

test("while a secret is being changed, both are accepted", async () => {
  const [old, recent] = [standard(BODY, { secret: "another key" }), standard()];
  const both = { ...old, "webhook-signature": `${old["webhook-signature"]} ${recent["webhook-signature"]}` };
  for (const secret of [SECRET, OTHER, [OTHER, SECRET]]) await construct(BODY, both, secret, AT_NOW);
  for (const headers of [old, recent]) await construct(BODY, headers, [OTHER, SECRET], AT_NOW);
  const signatures = `${own(BODY, { secret: OTHER })},${own().split(",")[1]}`;
  for (const secret of [SECRET, OTHER]) await construct(BODY, signatures, secret, AT_NOW);
  await refused(construct(BODY, recent, [OTHER], AT_NOW), /fits/);
  await refused(construct(BODY, recent, [], AT_NOW), /fits/);
});

test("what was signed too long ago, or too far ahead, is refused", async () => {
  for (const at of [NOW - 300, NOW + 300]) {
    await construct(BODY, standard(BODY, { at }), SECRET, AT_NOW);
    await construct(BODY, own(BODY, { at }), SECRET, AT_NOW);
  }
  await refused(construct(BODY, standard(BODY, { at: NOW - 301 }), SECRET, AT_NOW), /301 seconds ago/);
  await refused(construct(BODY, own(BODY, { at: NOW + 301 }), SECRET, AT_NOW), /301 seconds ahead/);
  await construct(BODY, own(BODY, { at: NOW - 900 }), SECRET, { ...AT_NOW, tolerance: 900 });
  await refused(construct(BODY, own(BODY, { at: NOW - 6 }), SECRET, { ...AT_NOW, tolerance: 5 }), /at most 5/);
  await refused(construct(BODY, own(), SECRET), /seconds (ago|ahead)/);
});

test("a delivery without signature or time is refused", async () => {
  await refused(construct(BODY, {}, SECRET), /not signed/);
  await refused(construct(BODY, { ...standard(), "webhook-id": undefined }, SECRET), /not signed/);
  for (const signature of ["", "nonsense", "v1=00", "t=soon,v1=00", "t=1e9,v1=00", "t=-5,v1=00"]) {
    await refused(construct(BODY, signature, SECRET), /when it was signed/);
  }
});

test("a body that is not UTF-8 is refused", async () => {
  await refused(construct(new Uint8Array([0x7b, 0xff, 0x7d]), own(), SECRET, AT_NOW), /UTF-8/);
});

test("a secret that is none is named as the fault", async () => {
  for (const secret of ["", "whsec_", "whsec_%%%", "sk_test_key"]) {
    await assert.rejects(construct(BODY, standard(), secret, AT_NOW), { name: "ConfigurationError", message: /whsec_/ });
  }
});

test("what is signed for a test of one's own is accepted", async () => {
  const headers = await Vinr.webhooks.sign({ payload: BODY, secret: SECRET });
  await construct(BODY, headers, SECRET);
  await construct(BODY, headers["vinr-signature"], SECRET);
  const again = await Vinr.webhooks.sign({ payload: BODY, secret: SECRET, id: "msg_1", timestamp: NOW });
  assert.deepEqual(again, { ...standard(), "vinr-signature": own() });
});
