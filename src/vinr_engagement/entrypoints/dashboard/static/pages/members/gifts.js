// What rewards and redemptions give, in words.

import { money, percent } from "../../lib/format.js";

/** What one of a reward gives. @param {{type: string, value: object}} reward */
export function giftWords({ type, value }) {
  if (type === "discount_percent") return `${percentWords(value.percent)} off one payment`;
  if (type === "store_credit") return `${money(value.amount, value.currency)} of store credit, granted at once`;
  if (type === "free_product") return `${value.quantity > 1 ? `${value.quantity} × ` : ""}${value.product}`;
  if (type === "partner") return `${value.sku} of ${value.partner}`;
  return `${money(value.amount, value.currency)} off one payment`;
}

/** What a redemption gave. @param {object} redemption */
export function givenWords({ discount, item, credit }) {
  if (credit) return `${money(credit.amount, credit.currency)} of store credit`;
  if (item) return `${item.quantity > 1 ? `${item.quantity} × ` : ""}${item.product ?? `${item.sku} of ${item.partner}`}`;
  if (!discount) return "";
  return discount.type === "percent" ? `${percentWords(discount.percent)} off` : `${money(discount.amount, discount.currency)} off`;
}

/** Percents are sent as the number that people say. */
function percentWords(amount) {
  return percent(Number(amount) / 100);
}
