// Making one member of two: which is kept, what comes of it, and a word of confirmation, for it cannot be undone.

import { html, useEffect, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { points, money } from "../../lib/format.js";
import { useAction, useQuery } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { Combobox, ErrorNotice, Field, Notice, Select, Skeleton, TextInput, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { countOf } from "./words.js";
import { nameOf, secondNameOf, tierNames } from "./names.js";

/** @param {{account: object, program: object, onClose: () => void}} props */
export function Merge({ account, program, onClose }) {
  const [other, setOther] = useState(null);
  const [kept, setKept] = useState("this");
  const [typed, setTyped] = useState("");
  const { source, target } = sidesOf(account, other, kept);
  const action = useAction(async () => {
    const survivor = await api.post("/loyalty/accounts/merge", { source: source.id, target: target.id });
    toast(`Merged. The member has ${points(survivor.balance)} points.`);
    refreshMember();
    onClose();
    navigate(`members/${survivor.id}`);
  });
  return html`<${FormDialog} title="Merge with another member" submit="Merge for good" danger wide action=${action} onClose=${onClose}
    disabled=${!other || typed.trim() !== source.id}>
    <p>Balance, history, open redemptions, referrals and store credit of both become one member's. This cannot be undone.</p>
    <${OtherMember} account=${account} other=${other} onChoose=${setOther} />
    ${other && html`
      <${Field} name="kept" label="Which one stays">
        <${Select} name="kept" value=${kept} onChange=${setKept}
          options=${[["this", `${nameOf(account)}, this member`], ["other", nameOf(other)]]} />
      </${Field}>
      <${Preview} key=${source.id + target.id} source=${source} target=${target} program=${program} />
      <${Field} name="typed" label="Type the id of the account that is emptied" hint=${source.id}>
        <${TextInput} name="typed" value=${typed} onChange=${setTyped} autocomplete="off" />
      </${Field}>`}
  </${FormDialog}>`;
}

function sidesOf(account, other, kept) {
  return kept === "this" ? { source: other, target: account } : { source: account, target: other };
}

function OtherMember({ account, other, onChoose }) {
  const found = async (text) => {
    const page = await api.get("/loyalty/accounts", {
      program: account.program.id ?? account.program, search: text, status: "all", limit: 10, "expand[]": ["customer"],
    });
    const listed = page.data.filter((each) => each.id !== account.id && each.status !== "merged");
    return listed.map((each) => ({ value: each.id, label: nameOf(each), hint: `${secondNameOf(each)} · ${countOf(each.balance)}` }));
  };
  const choose = async (identifier) => {
    onChoose(identifier ? await api.get(`/loyalty/accounts/${identifier}`, { "expand[]": ["customer"] }) : null);
  };
  return html`<${Field} name="source" label="The other member" hint="By name, email, customer or member id.">
    <${Combobox} name="source" value=${other?.id ?? null} onChange=${choose} search=${found} placeholder="Search members" />
  </${Field}>`;
}

/** What the merge would come to: a dry run, beside both as they are. */
function Preview({ source, target, program }) {
  const trial = useAction(() => api.post("/loyalty/accounts/merge", { source: source.id, target: target.id, dry_run: true }));
  const [survivor, setSurvivor] = useState(null);
  const wallets = [useQuery(`/loyalty/accounts/${source.id}/wallet`), useQuery(`/loyalty/accounts/${target.id}/wallet`)];
  const attempt = async () => setSurvivor(await trial.run());
  useEffect(() => void attempt(), []);
  if (trial.error) return html`<${ErrorNotice} error=${trial.error} retry=${attempt} />`;
  if (!survivor) return html`<${Skeleton} lines=${4} />`;
  const rows = rowsOf(source, target, survivor, program, wallets);
  return html`<div class="merge-preview">
    <table><caption>What it comes to</caption>
      <thead><tr><td></td><th scope="col">Emptied</th><th scope="col">Kept</th><th scope="col">After</th></tr></thead>
      <tbody>${rows.map(([label, ...values]) => html`<tr>
        <th scope="row">${label}</th>${values.map((value) => html`<td>${value}</td>`)}
      </tr>`)}</tbody>
    </table>
    ${source.status === "closed" && html`
      <${Notice} tone="amber">The account that is emptied is closed; its points go on in the one that is kept.</${Notice}>
    `}
  </div>`;
}

function rowsOf(source, target, survivor, program, [one, other]) {
  const names = tierNames(program);
  const each = (value) => [source, target, survivor].map(value);
  const rows = [
    ["Member", nameOf(source), nameOf(target), nameOf(target)],
    ["Balance", ...each((account) => points(account.balance))],
    ["Pending", ...each((account) => points(account.pending_balance))],
    ["Lifetime", ...each((account) => points(account.lifetime_points))],
    ["Tier", ...each((account) => names[account.tier] ?? account.tier ?? "none")],
  ];
  return [...rows, ...creditRows(one.data, other.data)];
}

/** A line for each currency that either holds. */
function creditRows(one, other) {
  if (!one || !other) return [];
  const held = (wallet, currency) => wallet.balances.find((each) => each.currency === currency)?.balance ?? 0;
  const currencies = [...new Set([...one.balances, ...other.balances].map((each) => each.currency))];
  return currencies.map((currency) => {
    const [left, right] = [held(one, currency), held(other, currency)];
    return [`Credit, ${currency}`, money(left, currency), money(right, currency), money(left + right, currency)];
  });
}
