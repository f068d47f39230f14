// Finding a member by a part of what is known of them.

import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";

const SHOWN = 8;

/**
 * A search for a `Combobox`, in one program.
 * @param {string} program
 * @returns {(text: string) => Promise<{value: string, label: string, hint: string}[]>}
 */
export function findMembers(program) {
  return async (text) => {
    const found = await api.get("/loyalty/accounts", { program, search: text, limit: SHOWN, "expand[]": "customer" });
    return found.data.map(choice);
  };
}

function choice(account) {
  return { value: account.id, label: memberLabel(account), hint: `${points(account.balance)} points` };
}

/** What a member is called: the customer's name or email where it is known, else its id, else the account's. */
export function memberLabel(account) {
  const { customer } = account;
  if (customer && typeof customer === "object") return customer.name ?? customer.email ?? customer.id;
  return customer ?? account.id;
}
