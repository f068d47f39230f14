// Pausing, resuming and archiving a program.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate } from "../../lib/query.js";
import { Confirm, Menu, toast } from "../../ui/index.js";

const PATH = "/loyalty/programs";

const MOVES = {
  paused: {
    label: "Pause…",
    title: "Pause the program?",
    confirm: "Pause",
    danger: true,
    text: "Events earn nothing and rewards cannot be redeemed until you resume it. What happens meanwhile is not earned later. Refunds and expiry go on.",
    done: "The program is paused.",
  },
  active: {
    label: "Resume…",
    title: "Resume the program?",
    confirm: "Resume",
    text: "Events earn and rewards can be redeemed from now on.",
    done: "The program is active.",
  },
  archived: {
    label: "Archive…",
    title: "Archive the program?",
    confirm: "Archive",
    danger: true,
    text: "It takes no events and no new members. What members have stays in the ledger, and it can be made active again.",
    done: "The program is archived.",
  },
};
const FROM = { active: ["paused", "archived"], paused: ["active", "archived"], archived: ["active"] };

/** The menu of a program's states. */
export function Switching({ program }) {
  const [asked, ask] = useState(null);
  const items = FROM[program.status].map((status) => ({ label: MOVES[status].label, danger: MOVES[status].danger, onSelect: () => ask(status) }));
  return html`
    <${Menu} label="State" items=${items} />
    ${asked && html`<${Move} program=${program} status=${asked} onClose=${() => ask(null)} />`}
  `;
}

function Move({ program, status, onClose }) {
  const { title, confirm, danger, text, done } = MOVES[status];
  const move = async () => {
    await api.patch(`${PATH}/${program.id}`, { status });
    invalidate(PATH);
    invalidate("/audit-log");
    toast(done);
  };
  const typed = status === "archived" ? program.name : undefined;
  return html`<${Confirm} title=${title} confirm=${confirm} danger=${danger} type=${typed} onConfirm=${move} onClose=${onClose}><p>${text}</p><//>`;
}
