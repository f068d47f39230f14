// The earning rules of the program: what each does, in a sentence.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Badge, Button, Card, Empty, ListTable, Page, Tabs, Time } from "../../ui/index.js";
import { useWords } from "./names.js";
import { ruleSentence } from "./sentence.js";

const TABS = [
  { key: "", label: "All" },
  { key: "true", label: "In force" },
  { key: "false", label: "Off" },
];

/** The page `rules`. */
export default function Rules() {
  const { program } = useProgram();
  const words = useWords(program);
  const { can } = useSession();
  const [{ active = "" }, setQuery] = useQueryParams();
  const list = useList(program ? "/loyalty/earning-rules" : null, { program: program?.id, active });
  const make = can("earning_rules:write") && html`<${Button} kind="primary" icon="plus" to="rules/new">New rule<//>`;
  return html`
    <${Page} title="Earning rules" subtitle="When members earn, and how much. Every rule that matches gives its own points." actions=${make}>
      <${Tabs} tabs=${TABS} current=${active} onChange=${(key) => setQuery({ active: key })} />
      <${Card} flush>
        <${ListTable} list=${list} caption="Earning rules" columns=${columns(words)} rowHref=${(rule) => `rules/${rule.id}`}
          empty=${html`<${Empty} icon="rules" title=${active ? "No such rules" : "No rules yet"}
            action=${make}>A rule says for what members get points.<//>`} />
      <//>
    <//>
  `;
}

function columns(words) {
  return [
    { key: "name", label: "Rule", width: "26%", render: (rule) => rule.name },
    { key: "says", label: "What it gives", render: (rule) => ruleSentence(rule, words) },
    { key: "state", label: "State", width: "110px", render: (rule) => html`<${RuleState} rule=${rule} />` },
    { key: "version", label: "Version", align: "end", width: "80px", priority: 3, render: (rule) => rule.version },
    { key: "updated_at", label: "Changed", width: "150px", priority: 3, render: (rule) => html`<${Time} value=${rule.updated_at} relative />` },
  ];
}

/** Whether a rule gives points now, as a badge. */
export function RuleState({ rule, now = Date.now() }) {
  if (!rule.active) return html`<${Badge} tone="neutral">Off<//>`;
  if (rule.starts_at && Date.parse(rule.starts_at) > now) return html`<${Badge} tone="blue">Scheduled<//>`;
  if (rule.ends_at && Date.parse(rule.ends_at) <= now) return html`<${Badge} tone="neutral">Ended<//>`;
  return html`<${Badge} tone="green">In force<//>`;
}
