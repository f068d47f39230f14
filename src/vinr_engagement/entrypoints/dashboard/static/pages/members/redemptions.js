// A member's redemptions: what they bought, where it stands, and what can still be done with it.

import { html, useState } from "../../lib/preact.js";
import { api } from "../../lib/api.js";
import { useAction, useList } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Card, Empty, Field, Id, ListTable, Menu, Points, Status, TextInput, Time, toast } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { refreshMember } from "./member_data.js";
import { givenWords } from "./gifts.js";
import { countOf, releaseWords, sentence } from "./words.js";

/** @param {{account: object}} props */
export function Redemptions({ account }) {
  const list = useList("/loyalty/redemptions", { account: account.id });
  const { can } = useSession();
  const [asked, setAsked] = useState(null);
  const close = () => setAsked(null);
  return html`<${Card} flush title="Redemptions">
    <${ListTable} list=${list} columns=${columnsOf(can("redemptions:write"), setAsked)} caption="Redemptions, newest first"
      empty=${html`<${Empty} title="Nothing redeemed yet">What the member buys with points appears here.</${Empty}>`} />
    ${asked?.what === "apply" && html`<${Apply} redemption=${asked.redemption} onClose=${close} />`}
    ${asked?.what === "fulfill" && html`<${Fulfill} redemption=${asked.redemption} onClose=${close} />`}
    ${asked?.what === "release" && html`<${Release} redemption=${asked.redemption} onClose=${close} />`}
  </${Card}>`;
}

function columnsOf(mayChange, ask) {
  const columns = [
    { key: "reward", label: "Reward", priority: 1, render: (row) => html`<${What} redemption=${row} />` },
    { key: "points", label: "Points", align: "end", priority: 1, render: (row) => html`<${Points} value=${row.points} />` },
    { key: "status", label: "Status", priority: 1, render: (row) => html`<${Where} redemption=${row} />` },
    { key: "code", label: "Code", priority: 3, render: (row) => row.discount && html`<${Id} value=${row.discount.code} />` },
    { key: "created", label: "Redeemed", priority: 3, render: (row) => html`<${Time} value=${row.created_at} />` },
  ];
  const moves = { key: "do", label: "Actions", align: "end", priority: 1, render: (row) => html`<${Moves} redemption=${row} ask=${ask} />` };
  return mayChange ? [...columns, moves] : columns;
}

function What({ redemption }) {
  const count = redemption.quantity > 1 ? `${redemption.quantity} × ` : "";
  return html`<span class="member-name">${count}${redemption.reward_name}</span>
    <span class="member-second">${givenWords(redemption)}</span>`;
}

/** The status and what belongs to it: the payment, the reason, or the day on which it is released. */
function Where({ redemption: { status, payment, release_reason: reason, expires_at: expires } }) {
  return html`<${Status} value=${status} />
    ${status === "pending" && expires && html`<span class="member-second">until <${Time} value=${expires} /></span>`}
    ${payment && html`<span class="member-second">${payment}</span>`}
    ${status === "released" && reason && html`<span class="member-second">${sentence(releaseWords(reason))}</span>`}`;
}

function Moves({ redemption, ask }) {
  if (redemption.status !== "pending") return null;
  const item = (what, label, danger) => ({ label, danger, onSelect: () => ask({ what, redemption }) });
  const use = redemption.item ? item("fulfill", "Handed over") : item("apply", "Mark as used");
  const items = [use, item("release", "Release: give the points back", true)];
  return html`<${Menu} icon="more" kind="quiet" size="small" name=${`Actions for ${redemption.reward_name}`} items=${items} />`;
}

function useMove(redemption, verb, body, done, onClose) {
  return useAction(async () => {
    await api.post(`/loyalty/redemptions/${redemption.id}/${verb}`, body());
    toast(done);
    refreshMember();
    onClose();
  });
}

function Apply({ redemption, onClose }) {
  const [payment, setPayment] = useState("");
  const body = () => (payment.trim() ? { payment: payment.trim() } : {});
  const action = useMove(redemption, "apply", body, `${redemption.reward_name} is used.`, onClose);
  return html`<${FormDialog} title=${`Mark ${redemption.reward_name} as used`} submit="Mark as used" action=${action} onClose=${onClose}>
    <${Field} name="payment" label="Payment" optional hint="If it is refunded in full, the points return.">
      <${TextInput} name="payment" value=${payment} onChange=${setPayment} placeholder="pay_…" />
    </${Field}>
  </${FormDialog}>`;
}

function Fulfill({ redemption, onClose }) {
  const action = useMove(redemption, "fulfill", () => undefined, `${redemption.reward_name} was handed over.`, onClose);
  return html`<${FormDialog} title=${`${redemption.reward_name} was handed over`} submit="Handed over" action=${action} onClose=${onClose}>
    <p>${sentence(givenWords(redemption))}, for ${countOf(redemption.points)}.</p>
  </${FormDialog}>`;
}

function Release({ redemption, onClose }) {
  const [reason, setReason] = useState("");
  const body = () => (reason.trim() ? { reason: reason.trim() } : {});
  const action = useMove(redemption, "release", body, `${countOf(redemption.points)} went back to the member.`, onClose);
  return html`<${FormDialog} title=${`Release ${redemption.reward_name}`} submit="Release" danger action=${action} onClose=${onClose}>
    <p>${countOf(redemption.points)} return to the member, with the expiry that they had. What was bought is good no more; stock and
      the member's limit come back.</p>
    <${Field} name="reason" label="Reason" optional>
      <${TextInput} name="reason" value=${reason} onChange=${setReason} placeholder="cart_abandoned" />
    </${Field}>
  </${FormDialog}>`;
}
