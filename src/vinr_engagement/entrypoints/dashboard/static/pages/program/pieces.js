// Pieces that the pages of a program share: the sentence, sections that unfold, the JSON that will be sent, what stands at the end.

import { html, useLayoutEffect, useRef, useState } from "../../lib/preact.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, DateTimeInput, Field, Form, JsonView, KeyValues, Notice, Row, Stack } from "../../ui/index.js";

/**
 * What a thing does, in words, said anew to screen readers when it changes.
 * @param {{text: string, live?: boolean}} props
 */
export function Sentence({ text, live = false }) {
  return html`<p class="program-sentence" aria-live=${live ? "polite" : undefined} data-sentence>${text}</p>`;
}

/**
 * A part of a form that unfolds, by itself where something in it is wrong; closed, it says in words what stands in it.
 * @param {{title: string, summary: string, open?: boolean, children: any}} props  open: whether it begins unfolded
 */
export function Section({ title, summary, open = false, children }) {
  const [isOpen, setOpen] = useState(open);
  const element = useRef(null);
  const shownFault = useRef(null);
  useLayoutEffect(() => {
    const fault = element.current.querySelector('[aria-invalid="true"]');
    if (fault && fault !== shownFault.current) element.current.open = true;
    shownFault.current = fault;
  });
  return html`
    <details class="program-section" ref=${element} open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="program-section-title">${title}</span>
        <span class="program-section-summary">${summary}</span>
      </summary>
      <div class="program-section-body"><${Stack}>${children}<//></div>
    </details>
  `;
}

/**
 * What will be sent, as JSON that can be read and copied.
 * @param {{method: string, path: string, body: object}} props
 */
export function AsJson({ method, path, body }) {
  return html`
    <${Section} title="As JSON" summary="What will be sent">
      <p class="program-quiet"><code>${method} /v1${path}</code></p>
      <${JsonView} value=${body} label="What will be sent" />
    <//>
  `;
}

/**
 * From when until when, in the program's zone: two fields.
 * @param {{field: Function, from: string, until: string, zone: string, hint?: string, isSettled?: (name: string) => boolean}} props
 *   isSettled: whether a field of this name stays as it is
 */
export function Span({ field, from, until, zone, hint = "At once unless given.", isSettled = () => false }) {
  return html`
    <div class="program-pair">
      <${Field} name=${from} label="Starts" hint=${hint} optional>
        <${DateTimeInput} ...${field(from)} zone=${zone} disabled=${isSettled(from)} />
      <//>
      <${Field} name=${until} label="Ends" hint="The first moment that no longer counts." optional>
        <${DateTimeInput} ...${field(until)} zone=${zone} disabled=${isSettled(until)} />
      <//>
    </div>
  `;
}

/**
 * A form that whoever may not write can read, not change. At its end: save, and undo where something was changed.
 * @param {{scope: string, action: {run: () => void, busy: boolean, error: Error|null}, form: object, isNew?: boolean, label?: string,
 *   says?: string, children: any}} props  action: what saves; form: what `useDraft` answers; says: the sentence, which stands above
 *   the button where there is no room beside the form
 */
export function Editing({ scope, action, form, isNew = false, label, says, children }) {
  const { can } = useSession();
  const isOpen = can(scope);
  return html`
    <${Form} onSubmit=${action.run} error=${action.error} busy=${action.busy}>
      ${!isOpen && html`<${ReadOnly} />`}
      <${Settled} is=${!isOpen}>${children}<//>
      ${isOpen && html`<${SaveBar} busy=${action.busy} isNew=${isNew} form=${form} label=${label} says=${says} />`}
    <//>
  `;
}

/** Fields that can be changed, unless they are settled. */
export function Settled({ is, children }) {
  return html`<fieldset class="program-fields" disabled=${is}><${Stack}>${children}<//></fieldset>`;
}

function SaveBar({ busy, isNew, form, label, says }) {
  const text = label ?? (isNew ? "Create" : "Save changes");
  return html`
    <div class=${isNew || form.isChanged ? "program-save waiting" : "program-save"}>
      ${says && html`<p class="program-says" aria-hidden="true">${says}</p>`}
      <${Row} justify="end">
        ${!isNew && form.isChanged && html`<${Button} kind="quiet" onClick=${form.reset} disabled=${busy}>Undo changes<//>`}
        <${Button} kind="primary" type="submit" busy=${busy} disabled=${!isNew && !form.isChanged}>${text}<//>
      <//>
    </div>
  `;
}

/** Says that the reader's role does not allow changes. */
function ReadOnly() {
  return html`<${Notice} tone="neutral" title="Read only">Your role lets you look, not change. An editor or an admin can.<//>`;
}

/** A form on the left, what it comes to on the right. */
export function Split({ children, aside }) {
  return html`
    <div class="program-split">
      <div class="program-main">${children}</div>
      <aside class="program-aside" aria-label="What it comes to"><${Stack}>${aside}<//></aside>
    </div>
  `;
}

/** The sentence in a card of its own. */
export function SentenceCard({ text, children }) {
  return html`<${Card} title="In plain words"><${Sentence} text=${text} live />${children}<//>`;
}

/**
 * The metadata of a thing, in a part that unfolds.
 * @param {{field: (path: string) => object, hint?: string}} props  field: as `useDraft` answers it
 */
export function MetadataSection({ field, hint }) {
  const given = field("metadata");
  return html`
    <${Section} title="Metadata" summary=${Object.keys(given.value ?? {}).join(", ") || "None"}>
      <${Field} name="metadata" label="Metadata" hint=${hint} optional><${KeyValues} ...${given} /><//>
    <//>
  `;
}
