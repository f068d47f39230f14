// What members are called, by their id: the name or email that the shop sent, else its id for the customer.

import { api } from "../../lib/api.js";
import { useEffect, useState } from "../../lib/preact.js";
import { useEnvironment } from "../../lib/session.js";

const known = new Map();
const MOST_KNOWN = 500;

/**
 * What an account is called where it has `customer` expanded; where it has not, the customer's id.
 *
 * @param {{id: string, customer: null | string | {id: string, name?: string, email?: string}}} account
 * @returns {string}
 */
export function nameOf(account) {
  const { customer } = account;
  if (customer && typeof customer === "object") return customer.name || customer.email || customer.id;
  return customer || shortId(account.id);
}

/** @param {string} id @returns {string} its beginning and its end: enough to tell two apart */
export function shortId(id) {
  return id.length <= 14 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

async function lookUp(environment, id) {
  const key = `${environment} ${id}`;
  if (!known.has(key)) {
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value);
    const asked = api.get(`/loyalty/accounts/${id}`, { "expand[]": ["customer"] }).then(nameOf);
    known.set(key, asked.catch(() => shortId(id)));
  }
  return known.get(key);
}

/**
 * The names of these members as they become known; each is asked for once.
 *
 * @param {string[]} ids accounts; what is no account (a campaign, an endpoint) is left out
 * @returns {Map<string, string>}
 */
export function useNames(ids) {
  const environment = useEnvironment();
  const [names, setNames] = useState(() => new Map());
  const wanted = [...new Set(ids)].filter((id) => id?.startsWith("loy_")).join(" ");
  useEffect(() => {
    let current = true;
    const missing = wanted.split(" ").filter((id) => id && !names.has(id));
    Promise.all(missing.map(async (id) => [id, await lookUp(environment, id)])).then((found) => {
      if (current && found.length > 0) setNames((before) => new Map([...before, ...found]));
    });
    return () => {
      current = false;
    };
  }, [environment, wanted]);
  return names;
}
