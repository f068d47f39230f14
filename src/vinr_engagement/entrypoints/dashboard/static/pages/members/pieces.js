// Sentences with links in them, and the steps beneath.

import { html } from "../../lib/preact.js";
import { href, Link, useQueryParams } from "../../lib/router.js";

/**
 * A sentence: parts that lead somewhere are links; a ledger row opens in front of the member's page.
 * @param {{pieces: import("./words.js").Piece[], account: string}} props
 */
export function Pieces({ pieces, account }) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    if (piece.row) return html`<${RowLink} row=${piece.row} account=${account}>${piece.text}</${RowLink}>`;
    return piece.to ? html`<${Link} to=${piece.to}>${piece.text}</${Link}>` : piece.text;
  });
}

/** A link to a ledger row, which opens it where the reader is. @param {{row: string, account: string, children: any}} props */
export function RowLink({ row, account, children }) {
  const [, set] = useQueryParams();
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    set({ row }, { push: true });
  };
  return html`<a href=${href(`members/${account}?row=${row}`)} onClick=${open}>${children}</a>`;
}

/** The arithmetic of a row, a line for each step. @param {{steps: import("./explain.js").Step[], account: string}} props */
export function Steps({ steps, account }) {
  return html`<dl class="steps">
    ${steps.map(({ label, value, total }) => html`<div class=${total ? "is-total" : undefined}>
      <dt>${label}</dt><dd><${Pieces} pieces=${value} account=${account} /></dd>
    </div>`)}
  </dl>`;
}
