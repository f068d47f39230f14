// Closing, reopening and forgetting a member, and handing over what is held about them.

import { html } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { points } from "../../lib/format.js";
import { Confirm, toast } from "../../ui/index.js";
import { refreshMember } from "./member_data.js";
import { nameOf } from "./names.js";

function done(message) {
  toast(message);
  refreshMember();
}

/** @param {{account: object, onClose: () => void}} props */
export function Close({ account, onClose }) {
  const close = async () => {
    await api.post(`/loyalty/accounts/${account.id}/close`);
    done("The account is closed.");
  };
  return html`<${Confirm} title=${`Close the account of ${nameOf(account)}`} confirm="Close the account" danger
    onConfirm=${close} onClose=${onClose}>
    <p>It keeps its history and ${points(account.balance)} points, and earns and redeems nothing more. Refunds, expiry and adjustments
      still reach it; what was redeemed before may still be used. It can be opened again.</p>
  </${Confirm}>`;
}

/** @param {{account: object, onClose: () => void}} props */
export function Reopen({ account, onClose }) {
  const reopen = async () => {
    await api.post(`/loyalty/accounts/${account.id}/reopen`);
    done("The account is open again.");
  };
  return html`<${Confirm} title=${`Reopen the account of ${nameOf(account)}`} confirm="Reopen" onConfirm=${reopen} onClose=${onClose}>
    <p>The member earns and redeems again. Where the customer has opened another account meanwhile, this is refused: merge the two then.</p>
  </${Confirm}>`;
}

/** @param {{account: object, onClose: () => void}} props */
export function Erase({ account, onClose }) {
  const erase = async () => {
    await api.post(`/loyalty/accounts/${account.id}/erase`);
    done("The person was forgotten. The amounts are kept.");
  };
  return html`<${Confirm} title=${`Erase ${nameOf(account)}`} confirm="Erase for good" danger type=${account.id}
    onConfirm=${erase} onClose=${onClose}>
    <p>For privacy law: it removes who this is, for good. Export first what the member asked for.</p>
    <dl class="erase-list">
      <div><dt>Removed</dt><dd>The link to the customer, metadata, reasons and notes of transactions and redemptions, the bodies of
        events received, and what events sent said.</dd></div>
      <div><dt>Kept</dt><dd>Balances, amounts, times and ids, what was redeemed for how much, and how points came about: the ledger
        stays whole.</dd></div>
      <div><dt>Apart from this</dt><dd>The customer's own record: send <code>customer.deleted</code> as well. A later event of the same
        customer finds no account, and enrols a new one where the program does that.</dd></div>
    </dl>
  </${Confirm}>`;
}

/** Saves everything that is held about the member as a file. @param {object} account */
export async function exportMember(account) {
  try {
    await api.download(`/loyalty/accounts/${account.id}/export`, `${account.id}.json`);
    toast("Everything that is held about the member is in the file.");
  } catch (error) {
    toast(error.message, "red");
  }
}
