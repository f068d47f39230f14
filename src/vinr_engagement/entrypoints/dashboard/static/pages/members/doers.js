// Who did what was done by hand: the audit log has it.

import { useMemo } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { whoOf } from "../settings/actors.js";
import { idOf } from "./words.js";

/** Names of people by the id of the row that they brought about. @param {object[]} rows of one ledger @returns {Record<string, string>} */
export function useDoers(rows) {
  const { can } = useSession();
  const row = rows.find(({ source }) => source.type === "adjustment");
  const account = row && can("audit_log:read") ? idOf(row.account) : null;
  const log = useQuery(account && "/audit-log", { resource: account, actor_type: "person", limit: 100 }, { refreshOn: ["loyalty.points.adjusted", "credit."] });
  return useMemo(() => Object.fromEntries((log.data?.data ?? []).map((entry) => [entry.after?.subject, whoOf(entry)])), [log.data]);
}
