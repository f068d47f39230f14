// What is owed, to whom it was given when, and how a month is closed.

import { html } from "../../lib/preact.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram } from "../../lib/session.js";
import { Button, Page, Skeleton, Tabs } from "../../ui/index.js";
import { Close } from "./close.js";
import { Cohorts } from "./cohorts.js";
import { Credit } from "./credit.js";
import { Liability } from "./liability.js";

const VIEWS = [
  { key: "liability", label: "Liability", page: Liability },
  { key: "cohorts", label: "Cohorts", page: Cohorts },
  { key: "credit", label: "Store credit", page: Credit },
  { key: "close", label: "Close a period", page: Close },
];

export default function Finance() {
  const { program } = useProgram();
  const [params, set] = useQueryParams();
  const view = VIEWS.find((each) => each.key === params.view) ?? VIEWS[0];
  const reports = html`<${Button} to="reports" icon="download">Reports</${Button}>`;
  return html`
    <${Page} title="Finance" subtitle=${program?.name} actions=${reports}>
      <${Tabs} tabs=${VIEWS} current=${view.key} onChange=${(key) => set({ view: key })} />
      ${program ? html`<${view.page} key=${program.id} program=${program} />` : html`<${Skeleton} lines=${10} />`}
    </${Page}>
  `;
}
