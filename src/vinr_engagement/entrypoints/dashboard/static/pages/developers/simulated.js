// The event that a form describes, and the same as a request in a terminal.

/**
 * @typedef {object} Draft
 * @property {"payment.completed" | "refund.completed" | "payment.refunded"} type
 * @property {{account?: string, customer?: string, label: string} | null} member
 * @property {number | null} amount in minor units: of the payment or of the refund; for `payment.refunded` in all
 * @property {string} currency
 * @property {string} channel
 * @property {string} payment of a refund: which payment
 * @property {{sku: string, category: string, amount: number | null}[]} items
 */

/** @returns {string} enough letters and digits to be nobody else's */
export function randomWord() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}

function metadataOf({ member, channel }) {
  const metadata = {};
  if (channel) metadata.channel = channel;
  if (member?.account && !member.customer) metadata.loyalty_account = member.account;
  return metadata;
}

function itemsOf(items) {
  return items
    .filter((item) => item.sku || item.category || item.amount !== null)
    .map(({ sku, category, amount }) => ({ ...(sku && { sku }), ...(category && { category }), ...(amount !== null && { amount }) }));
}

function payment(draft, word) {
  const { member, amount, currency } = draft;
  const metadata = metadataOf(draft);
  const items = itemsOf(draft.items);
  return {
    id: `pay_${word}`,
    amount,
    currency,
    ...(member?.customer && { customer: member.customer }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(items.length > 0 && { line_items: items }),
  };
}

const OBJECTS = {
  "payment.completed": payment,
  "refund.completed": ({ payment: id, amount }, word) => ({ id: `re_${word}`, payment: id, amount }),
  "payment.refunded": ({ payment: id, amount }) => ({ id, amount_refunded: amount }),
};

/**
 * @param {Draft} draft @param {string} word makes its ids new @param {string} now
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
