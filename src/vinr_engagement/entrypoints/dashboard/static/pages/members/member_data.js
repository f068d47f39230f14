// What a member's page reads at once, and reading it again when something happened to the member.

import { api } from "../../lib/api.js";
import { useCallback, useEffect, useRef, useState } from "../../lib/preact.js";
import { invalidate, useQuery } from "../../lib/query.js";
import { useEvents } from "../../lib/live.js";
import { expandedOf } from "./words.js";

const PATHS = [
  "/loyalty/accounts",
  "/loyalty/transactions",
  "/loyalty/redemptions",
  "/loyalty/referrals",
  "/loyalty/credit",
  "/loyalty/campaigns",
  "/received-events",
  "/audit-log",
  "/events",
];
const PAUSE_MILLISECONDS = 250;
const LARGEST_PAGE = 100;

/** What expands a row of points so that it can be told in words. */
export const ROW_EXPANSIONS = ["rule", "campaign", "redemption", "reverses"];

/** Reads again whatever of a member is on the page. */
export function refreshMember() {
  PATHS.forEach((path) => invalidate(path));
}

/** Reads again, once, after a burst of events about the member. @param {string} account */
export function useMemberEvents(account) {
  const timer = useRef(null);
  const later = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(refreshMember, PAUSE_MILLISECONDS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEvents({ account }, later);
}

/**
 * The member with its customer and its program; its tier once it is known to have one; what it holds.
 * @param {string} identifier
 */
export function useMember(identifier) {
  const path = `/loyalty/accounts/${encodeURIComponent(identifier)}`;
  const account = useQuery(path, { "expand[]": ["customer", "program"] });
  const lots = useOpenLots(`${path}/lots`);
  const wallet = useQuery(`${path}/wallet`);
  const stands = account.data && account.data.status !== "merged";
  const tier = useQuery(stands ? `${path}/tier` : null);
  return { account, lots, wallet, tier, program: expandedOf(account.data?.program ?? null) };
}

/**
 * Every credit with something left: the first page at once, the others of who has that many behind it. What expires first is the
 * oldest as a rule, and lists begin with the newest.
 * @param {string} path
 * @returns {{items: object[], complete: boolean, error: Error|null}}  `complete`: all of them are there
 */
function useOpenLots(path) {
  const { data: first, error } = useQuery(path, { limit: LARGEST_PAGE });
  const [rest, setRest] = useState({ of: null, items: [], error: null });
  useEffect(() => {
    if (!first?.page.has_more) return undefined;
    let isWanted = true;
    const take = (found) => isWanted && setRest({ items: [], error: null, ...found, of: first });
    readFrom(path, first.page.next_cursor).then((items) => take({ items }), (failure) => take({ error: failure }));
    return () => (isWanted = false);
  }, [first]);
  const further = rest.of === first ? rest : { items: [], error: null };
  const complete = Boolean(first) && (!first.page.has_more || (rest.of === first && !rest.error));
  return { items: [...(first?.data ?? []), ...further.items], complete, error: error ?? further.error };
}

async function readFrom(path, cursor) {
  const found = [];
  for (let next = cursor; next; ) {
    const { data, page } = await api.get(path, { limit: LARGEST_PAGE, starting_after: next });
    found.push(...data);
    next = page.next_cursor;
  }
  return found;
}
