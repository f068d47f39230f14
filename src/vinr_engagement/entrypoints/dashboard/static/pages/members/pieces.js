// Sentences with links in them, and the steps beneath.

import { html } from "../../lib/preact.js";
import { Link } from "../../lib/router.js";

/**
 * A sentence: parts that lead somewhere are links; a ledger row opens on the member's page.
 * @param {{pieces: import("./words.js").Piece[], account: string}} props
 */
export function Pieces({ pieces, account }) {
  return pieces.map((piece) => (typeof piece === "string" ? piece : html`<${PieceLink} piece=${piece} account=${account} />`));
}

function PieceLink({ piece, account }) {
  const to = piece.row ? `members/${account}?tab=activity&row=${piece.row}` : piece.to;
  return to ? html`<${Link} to=${to}>${piece.text}</${Link}>` : piece.text;
}

/** The arithmetic of a row, a line for each step. @param {{steps: object[], account: string}} props */
export function Steps({ steps, account }) {
  return html`<dl class="steps">
    ${steps.map(({ label, value }) => html`<div><dt>${label}</dt><dd><${Pieces} pieces=${value} account=${account} /></dd></div>`)}
  </dl>`;
}
