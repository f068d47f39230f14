// Who may stand behind an entry of the audit log: people, keys, and the engine itself.

import { useMemo } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";

const OURSELVES = [
  ["engine", "The engine"],
  ["worker", "The worker"],
  ["cli", "Command line"],
  ["demo", "The demo"],
];

/** @returns {Map<string, string>} names by the actor's id, as far as the reader may know them */
export function useActors() {
  const { can, person } = useSession();
  const people = useQuery(can("people:read") ? "/people" : null, { limit: 100 });
  const keys = useQuery(can("api_keys:read") ? "/api-keys" : null, { limit: 100 });
  return useMemo(() => {
    const known = people.data?.data ?? [person];
    const named = known.map(({ id, name, email }) => [id, name || email]);
    const programs = (keys.data?.data ?? []).map(({ id, name }) => [id, `Key “${name}”`]);
    return new Map([...named, ...programs, ...OURSELVES]);
  }, [people.data, keys.data, person]);
}
