// Choosing a member by typing, or a customer who is none yet.

import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useProgram } from "../../lib/session.js";
import { Combobox } from "../../ui/index.js";
import { nameOf } from "../overview/names.js";

const MOST_FOUND = 8;

/**
 * @typedef {object} Choice
 * @property {string} [account]  of a member
 * @property {string} [customer]
 * @property {string} label
 */

/** @param {object} account  with `customer` expanded @returns {Choice} */
export function choiceOf(account) {
  const { customer } = account;
  return { account: account.id, customer: customer?.id ?? customer ?? undefined, label: nameOf(account) };
}

function optionOf(account) {
  const choice = choiceOf(account);
  return { value: account.id, label: choice.label, hint: `${points(account.balance)} points`, choice };
}

function newcomer(text) {
  return { value: `new ${text}`, label: text, hint: "No member yet", choice: { customer: text, label: text } };
}

/** @param {{value: Choice | null, onChange: (choice: Choice | null) => void, newcomers?: boolean}} props */
export function MemberInput({ value, onChange, newcomers = false, ...own }) {
  const { program } = useProgram();
  const search = async (typed) => {
    const text = typed.trim();
    const { data } = await api.get("/loyalty/accounts", { search: text, program: program?.id, limit: MOST_FOUND, "expand[]": "customer" });
    const options = data.map(optionOf);
    const isKnown = options.some(({ choice }) => choice.customer === text);
    return newcomers && text && !isKnown ? [...options, newcomer(text)] : options;
  };
  return html`
    <${Combobox}
      value=${value && (value.account ?? `new ${value.customer}`)}
      label=${value?.label}
      search=${search}
      placeholder="Name, email, customer or id"
      onChange=${(_, option) => onChange(option?.choice ?? null)}
      ...${own}
    />
  `;
}
