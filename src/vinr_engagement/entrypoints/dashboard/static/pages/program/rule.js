// One earning rule, or a new one: the form, what it says, what it would have given, and its versions.

import { api } from "../../lib/api.js";
import { html, useMemo } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { navigate, useQueryParams } from "../../lib/router.js";
import { useEnvironment, useProgram, useSession } from "../../lib/session.js";
import { Button, ErrorNotice, Id, Menu, Page, Row, Skeleton, Tabs, toast } from "../../ui/index.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { useWords } from "./names.js";
import { AsJson, Editing, SentenceCard, Split } from "./pieces.js";
import { Backtest } from "./rule_backtest.js";
import { creation, draftOf, newRule, update } from "./rule_draft.js";
import { RuleFields } from "./rule_form.js";
import { Preview } from "./rule_preview.js";
import { RuleState } from "./rules.js";
import { ruleSentence } from "./sentence.js";
import { places } from "./words.js";

const PATH = "/loyalty/earning-rules";
const SCOPE = "earning_rules:write";
const BACK = { to: "rules", label: "Earning rules" };

/** The pages `rules/new` and `rules/:rule`; `?copy=` begins a new one as another is. */
export default function Rule({ params }) {
  const id = params.rule === "new" ? null : params.rule ?? null;
  const { program } = useProgram();
  const [{ copy }] = useQueryParams();
  const source = id ?? copy;
  const found = useQuery(source ? `${PATH}/${source}` : null);
  if (found.error) return html`<${Page} title="Rule" back=${BACK}><${ErrorNotice} error=${found.error} retry=${found.reload} /><//>`;
  if (!program || (source && !found.data)) return html`<${Page} title="Rule" back=${BACK}><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${id ?? "new"} program=${program} rule=${id ? found.data : null} copied=${found.data} />`;
}

function initialOf(rule, copied, program) {
  if (rule) return draftOf(rule);
  if (copied) return { ...draftOf(copied), name: `${copied.name} (copy)` };
  return newRule(10 ** places(program.default_currency));
}

function Editor({ program, rule, copied }) {
  const words = useWords(program);
  const [{ tab = "rule" }, setQuery] = useQueryParams();
  const initial = useMemo(() => initialOf(rule, copied, program), [rule, copied, program.id]);
  const form = useDraft(initial, `${rule?.id ?? "new"} ${rule?.version ?? 0}`);
  const tabs = [
    { key: "rule", label: "Rule" },
    { key: "versions", label: "Versions", count: rule?.version },
  ];
  return html`
    <${Page} title=${rule ? rule.name : "New earning rule"} back=${BACK} actions=${rule && html`<${Actions} rule=${rule} />`}
      subtitle=${rule && html`<${Row}><${RuleState} rule=${rule} /><span>Version ${rule.version}</span><${Id} value=${rule.id} /><//>`}>
      ${rule && html`<${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key === "rule" ? null : key })} />`}
      ${tab === "versions" && rule
        ? html`<${History} resource=${rule.id} words=${words} say=${(state) => ruleSentence(state, words)} />`
        : html`<${Body} form=${form} program=${program} rule=${rule} words=${words} />`}
    <//>
  `;
}

function Body({ form, program, rule, words }) {
  const body = useMemo(() => creation(form.draft, program.id), [form.draft, program.id]);
  const action = useAction(() => (rule ? saved(form, rule) : made(body)));
  const sent = rule ? update(form.draft, rule) : body;
  const aside = html`
    <${SentenceCard} text=${ruleSentence(form.draft, words)} />
    <${Backtest} body=${body} rule=${rule?.id ?? null} words=${words} />
    <${Preview} body=${body} words=${words} />
    <${AsJson} method=${rule ? "PATCH" : "POST"} path=${rule ? `${PATH}/${rule.id}` : PATH} body=${sent} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form} isNew=${!rule} label=${rule ? "Save as a new version" : "Create rule"}
        says=${ruleSentence(form.draft, words)}>
        <${RuleFields} form=${form} words=${words} />
      <//>
    <//>
  `;
}

async function made(body) {
  const rule = await api.post(PATH, body);
  invalidate(PATH);
  toast(`“${rule.name}” is in force. Simulate a payment to see it work.`);
  navigate(`rules/${rule.id}`);
}

async function saved(form, rule) {
  const next = await api.patch(`${PATH}/${rule.id}`, update(form.draft, rule));
  invalidate(PATH);
  invalidate("/audit-log");
  toast(`Saved as version ${next.version}.`);
}

function Actions({ rule }) {
  const { can } = useSession();
  const isTest = useEnvironment() === "test";
  const { run } = useAction(() => switched(rule));
  const items = [
    { label: "Duplicate", onSelect: () => navigate(`rules/new?copy=${rule.id}`) },
    { label: rule.active ? "Switch off" : "Switch on", onSelect: () => run(), danger: rule.active },
  ];
  return html`
    ${isTest && can("events:write") && html`<${Button} icon="simulate" to="simulate">Simulate a payment<//>`}
    ${can(SCOPE) && html`<${Menu} label="More" items=${items} />`}
  `;
}

async function switched(rule) {
  await api.patch(`${PATH}/${rule.id}`, { active: !rule.active });
  invalidate(PATH);
  invalidate("/audit-log");
  toast(rule.active ? "Switched off: it gives nothing more." : "Switched on: it gives points from now on.");
}
