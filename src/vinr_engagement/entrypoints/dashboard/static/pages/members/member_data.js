// What a member's page reads at once, and reading it again when something happened to the member.

import { useCallback, useEffect, useRef } from "../../lib/preact.js";
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
  "/events",
];
const PAUSE_MILLISECONDS = 250;

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
  const lots = useQuery(`${path}/lots`, { limit: 100 });
  const wallet = useQuery(`${path}/wallet`);
  const stands = account.data && account.data.status !== "merged";
  const tier = useQuery(stands ? `${path}/tier` : null);
  return { account, lots, wallet, tier, program: expandedOf(account.data?.program ?? null) };
}
