// Who reads, what they may do, and in which store and program they are.

import { api, setCsrfToken, whenSignedOut } from "./api.js";
import { setStoreClock, storeClock, storeNow } from "./clock.js";
import { keep, kept } from "./kept.js";
import { observable, useObservable } from "./observable.js";
import { useEffect, useLayoutEffect, useMemo, useState } from "./preact.js";
import { forgetAnswers, useQuery } from "./query.js";
import { usePlace } from "./router.js";

const MINUTE = 60_000;

/** The session as the API shows it; null where nobody is signed in, undefined until that is known. */
export const session = observable(undefined);
/** Why the session could not be read; null where it could. */
export const sessionError = observable(null);
/** Why nobody is signed in: `session_ended` where somebody was until now, else the API's code: `people_missing` where nobody could. */
export const outside = observable(null);

function take(found) {
  setCsrfToken(found.csrf_token);
  outside.set(null);
  session.set(found);
}

function leave(why = null) {
  forgetAnswers();
  setCsrfToken(null);
  outside.set(why);
  session.set(null);
}

whenSignedOut(() => leave("session_ended"));

/** Finds out who is signed in. */
export async function readSession() {
  sessionError.set(null);
  try {
    take(await api.get("/session", {}, { quiet: true }));
  } catch (error) {
    if (error.status === 401) leave(error.code);
    else sessionError.set(error);
  }
}

/** Signs in. Raises `ApiError` where it fails. */
export async function signIn(email, password) {
  take(await api.post("/session", { email, password }, { quiet: true }));
}

/** Takes an invitation, and signs in with it. Raises `ApiError` where it fails. */
export async function acceptInvitation(token, password, name) {
  take(await api.post("/invitations/accept", { token, password, ...(name && { name }) }, { quiet: true }));
}

/** Signs out. Raises `ApiError` where that fails: then one is still signed in. */
export async function signOut() {
  await api.delete("/session", { quiet: true }).catch((error) => {
    if (error.status !== 401) throw error;
  });
  leave();
}

/**
 * Who is signed in, while somebody is.
 * @returns {{person: {id: string, email: string, name: string, role: "admin"|"editor"|"viewer"}, scopes: string[],
 *   role: string, environments: string[], version: string, can: (scope: string) => boolean, signOut: () => Promise<void>}}  `can` takes a scope
 *   like `accounts:write`
 */
export function useSession() {
  const found = useObservable(session);
  return useMemo(() => ({ ...found, role: found?.person.role, can: (scope) => may(found?.scopes ?? [], scope), signOut }), [found]);
}

/** Whether scopes grant one: `*` grants everything, and writing grants reading. */
function may(scopes, scope) {
  const [resource, verb] = scope.split(":");
  const isGranted = (wanted) => scopes.includes(wanted);
  return isGranted("*") || isGranted(scope) || (verb === "read" && isGranted(`${resource}:write`));
}

/** @returns {"test"|"live"} the store that the reader looks at */
export function useEnvironment() {
  return usePlace().environment ?? "test";
}

const chosenProgram = observable(kept("program"));

/**
 * The program that the reader looks at: the one they chose, or the first.
 * @returns {{program: object|undefined, programs: object[], choose: (id: string) => void, loading: boolean, error: Error|null}}
 */
export function useProgram() {
  const chosen = useObservable(chosenProgram);
  const { data, loading, error } = useQuery("/loyalty/programs", { limit: 100 });
  const programs = data?.data ?? [];
  const program = programs.find(({ id }) => id === chosen) ?? programs.findLast(({ status }) => status !== "archived") ?? programs[0];
  return { program, programs, choose, loading, error };
}

function choose(id) {
  keep("program", id);
  chosenProgram.set(id);
}

/**
 * The time in the store: `now` as the API writes times, whether it stands still, and whether it is known yet; pages are shown when
 * it is.
 * @returns {{now: string, frozen: boolean, known: boolean}}
 */
export function useClock() {
  const environment = useEnvironment();
  const { data, error } = useQuery(environment === "test" ? "/test-helpers/clock" : null);
  const { frozenAt, environment: knownFor } = useObservable(storeClock);
  const [, tick] = useState(0);
  useLayoutEffect(() => {
    if (data || error || environment === "live") setStoreClock(environment, data ?? null);
  }, [environment, data, error]);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return { now: new Date(storeNow()).toISOString(), frozen: frozenAt !== null, known: knownFor === environment };
}
