// What the audit log says, in words, and where what it names is shown.

import { inWords } from "../overview/sentence.js";

const PAGES = {
  rule: "rules",
  rwd: "rewards",
  camp: "campaigns",
  seg: "segments",
  we: "webhooks",
  loy: "members",
};
const PLAIN = { key: "keys", prog: "program", per: "people", clock: "clock", rpt: "reports" };

/** @param {string} resource an id @returns {string | undefined} the page about it */
export function subjectPage(resource) {
  const kind = resource.split("_")[0];
  if (PAGES[kind]) return `${PAGES[kind]}/${resource}`;
  return PLAIN[kind];
}

export { inWords };
