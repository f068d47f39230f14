// The program: its currency, how long points last, what refunds do, and its other policies.

import { api } from "../../lib/api.js";
import { html, useMemo, useState } from "../../lib/preact.js";
import { invalidate, useAction } from "../../lib/query.js";
import { useQueryParams } from "../../lib/router.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Dialog, ErrorNotice, Field, Form, Id, Notice, Page, Row, Skeleton, Stack, Status, Tabs, TextInput, toast } from "../../ui/index.js";
import { useDraft } from "./draft.js";
import { History } from "./history.js";
import { useWords } from "./names.js";
import { changes } from "./paths.js";
import { AsJson, Editing, Sentence, SentenceCard, Split } from "./pieces.js";
import { ProgramFields } from "./program_form.js";
import { policySentences } from "./program_words.js";
import { Switching } from "./program_status.js";

const PATH = "/loyalty/programs";
const SCOPE = "programs:write";
const FIELDS = [
  ...["name", "auto_enroll", "timezone", "default_currency", "currency", "hold_days", "clawback", "return_grace_days"],
  ...["redemption_ttl_hours", "expiring_notice_days", "referral_limit", "referral_share_url", "metadata"],
];
const CURRENCY = ["name", "point_value", "rounding", "expiry"];

/** The page `program`. */
export default function Program() {
  const { program, error } = useProgram();
  if (error) return html`<${Page} title="Program"><${ErrorNotice} error=${error} /><//>`;
  if (!program) return html`<${Page} title="Program"><${Skeleton} lines=${8} /><//>`;
  return html`<${Editor} key=${program.id} program=${program} />`;
}

function draftOf(program) {
  const draft = Object.fromEntries(FIELDS.map((name) => [name, program[name]]));
  return { ...draft, currency: Object.fromEntries(CURRENCY.map((name) => [name, program.currency[name]])) };
}

/** What differs, the currency field by field, as a PATCH merges it. */
function update(draft, program) {
  const held = draftOf(program);
  const told = changes({ ...draft, referral_share_url: draft.referral_share_url || null }, held);
  return told.currency ? { ...told, currency: changes(draft.currency, held.currency) } : told;
}

function Editor({ program }) {
  const words = useWords(program);
  const [{ tab = "policies" }, setQuery] = useQueryParams();
  const initial = useMemo(() => draftOf(program), [program]);
  const form = useDraft(initial, `${program.id} ${program.updated_at}`);
  const tabs = [
    { key: "policies", label: "Policies" },
    { key: "history", label: "History" },
  ];
  return html`
    <${Page} title="Program" actions=${html`<${Actions} program=${program} />`}
      subtitle=${html`<${Row}><${Status} value=${program.status} /><span>${program.name}</span><${Id} value=${program.id} /><//>`}>
      <${Paused} program=${program} />
      <${Tabs} tabs=${tabs} current=${tab} onChange=${(key) => setQuery({ tab: key === "policies" ? null : key })} />
      ${tab === "history" ? html`<${History} resource=${program.id} words=${words} />` : html`<${Body} form=${form} program=${program} words=${words} />`}
    <//>
  `;
}

const PAUSED = {
  paused: { title: "The program is paused", text: "Events earn nothing and rewards cannot be redeemed. Refunds and expiry go on." },
  archived: { title: "The program is archived", text: "It takes no events and no members." },
};

function Paused({ program }) {
  const told = PAUSED[program.status];
  return told ? html`<${Notice} tone="amber" title=${told.title}>${told.text}<//>` : null;
}

function Body({ form, program, words }) {
  const body = update(form.draft, program);
  const action = useAction(() => saved(program, body));
  const told = policySentences(form.draft, words);
  const aside = html`
    <${SentenceCard} text=${told[0]}>${told.slice(1).map((text) => html`<${Sentence} key=${text} text=${text} />`)}<//>
    <${AsJson} method="PATCH" path=${`${PATH}/${program.id}`} body=${body} />
  `;
  return html`
    <${Split} aside=${aside}>
      <${Editing} scope=${SCOPE} action=${action} form=${form}>
        <${ProgramFields} form=${form} program=${program} words=${words} />
      <//>
    <//>
  `;
}

async function saved(program, body) {
  await api.patch(`${PATH}/${program.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  toast("Saved. It applies from now on.");
}

function Actions({ program }) {
  const { can } = useSession();
  const [isMaking, make] = useState(false);
  if (!can(SCOPE)) return null;
  return html`
    <${Button} icon="plus" onClick=${() => make(true)}>New program<//>
    <${Switching} program=${program} />
    ${isMaking && html`<${NewProgram} onClose=${() => make(false)} />`}
  `;
}

function NewProgram({ onClose }) {
  const { choose } = useProgram();
  const form = useDraft(useMemo(() => ({ name: "", timezone: "Europe/London", default_currency: "GBP" }), []), "new");
  const { run, busy, error } = useAction(async () => {
    const program = await api.post(PATH, form.draft);
    invalidate(PATH);
    choose(program.id);
    toast(`“${program.name}” is there, and shown now.`);
    onClose();
  });
  const footer = html`
    <${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" type="submit" form="new-program" busy=${busy}>Create program<//>
  `;
  return html`
    <${Dialog} title="New program" onClose=${onClose} footer=${footer}>
      <${Form} id="new-program" onSubmit=${run} error=${error} busy=${busy}>
        <${Stack}>
          <${Field} name="name" label="Name"><${TextInput} ...${form.field("name")} /><//>
          <${Field} name="timezone" label="Timezone" hint="An IANA name."><${TextInput} ...${form.field("timezone")} /><//>
          <${Field} name="default_currency" label="Main currency"><${TextInput} ...${form.field("default_currency")} maxlength="3" /><//>
        <//>
      <//>
    <//>
  `;
}
