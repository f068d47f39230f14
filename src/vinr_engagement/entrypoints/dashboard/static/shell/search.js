// The search on top: members by what one knows of them, and pages by their name.

import { api } from "../lib/api.js";
import { points } from "../lib/format.js";
import { html, useEffect, useId, useRef, useState } from "../lib/preact.js";
import { navigate } from "../lib/router.js";
import { useEnvironment, useProgram, useSession } from "../lib/session.js";
import { keys, Options, useFound } from "../ui/combobox.js";
import { Icon } from "../ui/icon.js";
import { groupsFor } from "./places.js";

const SHOWN = 6;

export function Search() {
  const [text, setText] = useState(null);
  const [at, setAt] = useState(0);
  const field = useRef(null);
  const list = useId();
  const search = useSearch();
  const { options, busy, failed } = useFound(text?.trim() || null, search);
  useEffect(() => setAt(0), [options]);
  useSlash(field);
  const isOpen = Boolean(text?.trim());
  const leave = () => setText(null);
  const choose = ({ value }) => {
    leave();
    field.current.value = "";
    field.current.blur();
    navigate(value);
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") field.current.blur();
    keys(event, { isOpen, options, at, setAt, choose, leave, open: () => {} });
  };
  return html`
    <div class="search" role="search">
      <${Icon} name="search" />
      <input
        ref=${field} class="input" type="text" role="combobox" aria-label="Search members and pages" placeholder="Search" autocomplete="off"
        spellcheck=${false} aria-autocomplete="list" aria-expanded=${isOpen ? "true" : "false"} aria-controls=${isOpen ? list : undefined}
        aria-activedescendant=${isOpen && options[at] ? `${list}-${at}` : undefined} value=${text ?? ""}
        onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown} onBlur=${leave}
      />
      <kbd aria-hidden="true">/</kbd>
      ${isOpen && html`<${Options} ...${{ list, options, at, busy, failed, choose, text }} empty="Nobody and nothing of this name" />`}
    </div>
  `;
}

/** What is found for a text: members first, then pages. */
function useSearch() {
  const { program } = useProgram();
  const { can } = useSession();
  const environment = useEnvironment();
  return async (text) => {
    const pages = groupsFor(can, environment).flatMap(({ places }) => places).filter((place) => isNamed(place, text));
    const members = can("accounts:read") ? await findMembers(text, program?.id) : [];
    return [...members, ...pages.slice(0, SHOWN).map(({ to, label }) => ({ value: to, label, hint: "Page" }))];
  };
}

async function findMembers(text, program) {
  const { data } = await api.get("/loyalty/accounts", { search: text, program, limit: SHOWN, "expand[]": "customer" });
  return data.map((account) => ({ value: `members/${account.id}`, label: nameOf(account), hint: `${points(account.balance)} points` }));
}

/** What a member is called: their name or email where it is known, else the customer's id, else their own. */
function nameOf({ id, customer }) {
  if (!customer) return id;
  if (typeof customer === "string") return customer;
  return customer.name ?? customer.email ?? customer.id;
}

function isNamed({ label, words = "" }, text) {
  const asked = text.toLowerCase();
  return `${label} ${words}`.toLowerCase().split(" ").some((word) => word.startsWith(asked)) || label.toLowerCase().includes(asked);
}

/** The key / goes to the search, unless something is being typed elsewhere or a dialog is open. */
function useSlash(field) {
  useEffect(() => {
    const listen = (event) => {
      const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      field.current.focus();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
