// Small pieces that stand in lines and cells.

import { dateTime, exactTime, relative } from "../lib/format.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { Link } from "../lib/router.js";
import { useProgram } from "../lib/session.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";
import { toast } from "./toast.js";

/** @param {{tone?: "neutral"|"green"|"amber"|"red"|"blue"|"violet", children?: any}} props */
export function Badge({ tone = "neutral", children }) {
  return html`<span class=${classes("badge", tone)}>${children}</span>`;
}

const TONES = {
  green: ["active", "applied", "completed", "converted", "enabled", "processed", "succeeded", "open", "returned", "earn", "available"],
  blue: ["pending", "running", "scheduled", "attributed", "invited", "deferred"],
  amber: ["paused", "draft", "conflict", "duplicate", "ignored", "expiring", "partial"],
  red: ["failed", "rejected", "disabled", "refused", "reversed", "reverse", "unknown"],
  violet: ["merged", "redeem", "test"],
};
const TONE_OF = new Map(Object.entries(TONES).flatMap(([tone, words]) => words.map((word) => [word, tone])));

/**
 * A badge for any status of the API; what it does not know is grey.
 * @param {{value: string}} props
 */
export function Status({ value }) {
  if (!value) return null;
  const words = value.replaceAll("_", " ");
  return html`<${Badge} tone=${TONE_OF.get(value) ?? "neutral"}>${words[0].toUpperCase() + words.slice(1)}</${Badge}>`;
}

/**
 * Copies a text.
 * @param {{value: string, label?: string, children?: any}} props  `label` says what is copied
 */
export function Copy({ value, label = "Copy", children }) {
  const [isDone, setDone] = useState(false);
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    if (!(await copied(value))) return toast("The browser did not let us copy.", "red");
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 1_500);
  };
  return html`
    <button type="button" class="copy" aria-label=${isDone ? "Copied" : label} title=${label} onClick=${copy}>
      ${children}<${Icon} name=${isDone ? "check" : "copy"} />
    </button>
  `;
}

/** Copies; where the clipboard is closed to pages, as it is without TLS, in the way that there was before. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    document.body.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}

/**
 * An instant in the reader's own words; the exact time is its title.
 * @param {{value: string|null, relative?: boolean, real?: boolean, zone?: string}} props  `real`: it is not of the store, whose
 *   clock may be set, but of the world
 */
export function Time({ value, relative: isRelative, real, zone }) {
  if (!value) return html`<span class="muted">–</span>`;
  const shown = isRelative ? relative(value, real ? Date.now() : undefined) : dateTime(value, zone);
  return html`<time datetime=${value} title=${exactTime(value, zone)}>${shown}</time>`;
}

/**
 * An id, which can be copied; with `to` it leads to its page.
 * @param {{value: string|null, to?: string, short?: boolean}} props
 */
export function Id({ value, to, short }) {
  if (!value) return html`<span class="muted">–</span>`;
  const shown = html`<code title=${value}>${short && value.length > 18 ? `${value.slice(0, 8)}…${value.slice(-6)}` : value}</code>`;
  return html`
    <span class="id">${to ? html`<${Link} to=${to}>${shown}</${Link}>` : shown}<${Copy} value=${value} label=${`Copy ${value}`} /></span>
  `;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Any value as JSON, in colours.
 * @param {{value: any, label?: string}} props
 */
export function JsonView({ value, label = "JSON" }) {
  const text = JSON.stringify(value, null, 2) ?? "";
  return html`
    <div class="json">
      <pre tabindex="0" role="region" aria-label=${label}><code>${coloured(text)}</code></pre>
      <${Copy} value=${text} label="Copy JSON" />
    </div>
  `;
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon, word] = match;
    const kind = colon ? "name" : quoted ? "text" : word ? "word" : "number";
    parts.push(text.slice(end, match.index), html`<span class=${`json-${kind}`}>${quoted ?? whole}</span>`, colon);
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}

/** The name of the program that the reader looks at, or of the one with an id. */
export function ProgramName({ id }) {
  const { program, programs } = useProgram();
  const shown = id ? programs.find((each) => each.id === id) : program;
  return html`<span>${shown?.name ?? id ?? "–"}</span>`;
}
