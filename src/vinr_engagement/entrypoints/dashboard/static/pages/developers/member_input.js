// Choosing a member by typing, or a customer who is none yet.

import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";
import { html, useRef } from "../../lib/preact.js";
import { useProgram } from "../../lib/session.js";
import { Combobox } from "../../ui/index.js";
import { nameOf } from "../overview/names.js";

const MOST_FOUND = 8;

/**
 * @typedef {object} Choice
 * @property {string} [account] of a member
 * @property {string} [customer]
 * @property {string} label
 */

function choiceOf(account) {
  const customer = typeof account.customer === "object" ? account.customer?.id : account.customer;
  return { account: account.id, customer: customer ?? undefined, label: nameOf(account) };
}

function optionOf(account) {
  const choice = choiceOf(account);
  return { value: account.id, label: choice.label, hint: `${points(account.balance)} points`, choice };
}

const newcomer = (text) => ({ value: `new ${text}`, label: text, hint: "A customer who is no member yet", choice: { customer: text, label: text } });

/** @param {{name: string, value: Choice | null, onChange: (choice: Choice | null) => void, newcomers?: boolean}} props */
export function MemberInput({ name, value, onChange, newcomers = false }) {
  const { program } = useProgram();
  const found = useRef(new Map());
  const search = async (text) => {
    const params = { search: text.trim(), program: program?.id, limit: MOST_FOUND, "expand[]": ["customer"] };
    const { data } = await api.get("/loyalty/accounts", params);
    const options = data.map(optionOf);
    const isKnown = options.some(({ choice }) => choice.customer === text.trim());
    if (newcomers && text.trim() && !isKnown) options.push(newcomer(text.trim()));
    for (const option of options) found.current.set(option.value, option.choice);
    return options;
  };
  const chosen = value && { value: value.account ?? `new ${value.customer}`, label: value.label };
  return html`
    <${Combobox}
      name=${name}
      value=${chosen?.value ?? ""}
      label=${chosen?.label}
      search=${search}
      placeholder="Name, email, customer or id"
      onChange=${(picked) => onChange(found.current.get(picked?.value ?? picked) ?? null)}
    />
  `;
}
