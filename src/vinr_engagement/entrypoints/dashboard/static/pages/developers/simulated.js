// The event that a form describes, and the same as a request in a terminal.

/**
 * @typedef {object} Draft
 * @property {"payment.completed"|"refund.completed"|"payment.refunded"} type
 * @property {import("./member_input.js").Choice|null} member
 * @property {number|string|null} amount  in minor units: of the payment or of the refund; for `payment.refunded` in all
 * @property {string} currency
 * @property {string} channel
 * @property {string} payment  of a refund: which payment
 * @property {Array<{sku: string, category: string, amount: number|null}>} items
 */

/** @returns {string} letters and digits that nobody else has */
export function randomWord() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}

/** Without what is empty. */
function given(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== "" && value !== null && value !== undefined));
}

function metadataOf({ member, channel }) {
  return given({ channel, loyalty_account: member?.customer ? null : member?.account });
}

function paymentOf(draft, word) {
  const metadata = metadataOf(draft);
  const items = draft.items.map(given).filter((item) => Object.keys(item).length > 0);
  return {
    id: `pay_${word}`,
    amount: draft.amount,
    currency: draft.currency,
    ...given({ customer: draft.member?.customer }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(items.length > 0 && { line_items: items }),
  };
}

const OBJECTS = {
  "payment.completed": paymentOf,
  "refund.completed": ({ payment, amount }, word) => ({ id: `re_${word}`, payment, amount }),
  "payment.refunded": ({ payment, amount }) => ({ id: payment, amount_refunded: amount }),
};

/**
 * @param {Draft} draft
 * @param {string} word  makes its ids new
 * @param {string} now
 * @returns {object} the body for POST /v1/events
 */
export function eventOf(draft, word, now) {
  return { id: `evt_sim_${word}`, type: draft.type, created_at: now, data: { object: OBJECTS[draft.type](draft, word) } };
}

/** @param {object} event @returns {string} the same for a shell */
export function curlOf(event) {
  const body = JSON.stringify(event, null, 2).replaceAll("'", "'\\''");
  return `curl ${location.origin}/v1/events \\
  -H "X-Api-Key: $VINR_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`;
}
