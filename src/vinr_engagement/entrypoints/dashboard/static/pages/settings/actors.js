// Who stands behind an entry of the audit log: people, keys, and the engine itself.

import { useMemo } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";

const OURSELVES = { engine: "The engine", worker: "The worker", cli: "Command line", import: "An import", demo: "The demo" };

/** @param {object} entry of the audit log @returns {string} who made the change */
export function whoOf({ actor, actor_details: details }) {
  const name = details?.name || details?.email;
  if (details?.type === "key") return name ? `Key “${name}”` : actor;
  return name || OURSELVES[details?.type ?? actor] || actor;
}

/** @returns {Array<[string, string]>} ids and names of who can be filtered by, as far as the reader may know them */
export function useActors() {
  const { can, person } = useSession();
  const people = useQuery(can("people:read") ? "/people" : null, { limit: 100 });
  const keys = useQuery(can("api_keys:read") ? "/api-keys" : null, { limit: 100 });
  return useMemo(() => {
    const named = (people.data?.data ?? [person]).map(({ id, name, email }) => [id, name || email]);
    const programs = (keys.data?.data ?? []).map(({ id, name }) => [id, `Key “${name}”`]);
    return [...named, ...programs, ...Object.entries(OURSELVES)];
  }, [people.data, keys.data, person]);
}
