// Tables, also of lists that come page by page.

import { number } from "../lib/format.js";
import { html } from "../lib/preact.js";
import { href, navigate } from "../lib/router.js";
import { Button } from "./button.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";
import { Empty, ErrorNotice, Skeleton } from "./states.js";

/**
 * @typedef {object} Column
 * @property {string} key  of the row's field, where there is no `render`
 * @property {any} label
 * @property {(row: any, index: number) => any} [render]
 * @property {"start"|"end"} [align]  `end` for figures
 * @property {string} [width]
 * @property {1|2|3} [priority]  what has 3 is hidden where there is little room, what has 2 on telephones
 * @property {"ascending"|"descending"|"none"} [sort]  how it is sorted
 * @property {() => void} [onSort]  sorts by it
 */

/**
 * @param {{columns: Column[], rows: any[], rowHref?: (row: any) => string|null, rowKey?: (row: any, index: number) => string,
 *   caption: string, empty?: any, footer?: any[]}} props
 *   `rowHref`: the path of a row's page, as links take it: the first cell becomes the link, and the whole row takes clicks;
 *   `footer`: one more row, a cell for each column
 */
export function Table({ columns, rows, rowHref, rowKey = (row, index) => row.id ?? index, caption, empty, footer }) {
  if (rows.length === 0 && empty !== undefined) return typeof empty === "string" ? html`<${Empty} title=${empty} />` : empty;
  return html`
    <div class="table-scroll" tabindex="0" role="region" aria-label=${caption}>
      <table class=${classes("table", rowHref && "linked")}>
        <caption class="visually-hidden">${caption}</caption>
        <thead><tr>${columns.map((column) => html`<${Heading} key=${column.key} ...${column} column=${column.key} />`)}</tr></thead>
        <tbody>${rows.map((row, index) => html`<${Line} key=${rowKey(row, index)} ...${{ row, index, columns, rowHref }} />`)}</tbody>
        ${footer && html`
          <tfoot><tr>${footer.map((cell, index) => html`<td key=${index} class=${lookOf(columns[index])}>${cell}</td>`)}</tr></tfoot>
        `}
      </table>
    </div>
  `;
}

const lookOf = ({ align, priority }) => classes(align === "end" && "end", priority && `priority-${priority}`);

function Heading({ label, width, sort, onSort, align, priority }) {
  const content = onSort
    ? html`<button type="button" class="sort" onClick=${onSort}>${label}<${Icon} name=${sort === "ascending" ? "chevron-up" : "chevron-down"} /></button>`
    : label;
  return html`
    <th scope="col" class=${lookOf({ align, priority })} style=${width && { width }} aria-sort=${sort}>${content}</th>
  `;
}

function Line({ row, index, columns, rowHref }) {
  const to = rowHref?.(row);
  const follow = (event) => {
    const isOwn = event.target.closest("a, button, input, select, label");
    if (to && !isOwn && !getSelection().toString()) navigate(to);
  };
  return html`
    <tr class=${to ? "to" : undefined} onClick=${to ? follow : undefined}>
      ${columns.map((column, position) => {
        const content = column.render ? column.render(row, index) : (row[column.key] ?? "–");
        const linked = to && position === 0 ? html`<a class="row-link" href=${href(to)}>${content}</a>` : content;
        return html`<td key=${column.key} class=${lookOf(column)}>${linked}</td>`;
      })}
    </tr>
  `;
}

/**
 * A table of what `useList` answers: grey lines, an error, that there is nothing, and a button for more.
 * @param {{list: ReturnType<typeof import("../lib/query.js").useList>} & Parameters<typeof Table>[0]} props
 */
export function ListTable({ list, empty = "There is nothing here yet", ...table }) {
  const { items, error, loading, hasMore, more, busy, reload, total } = list;
  if (error && items.length === 0) return html`<div class="pad"><${ErrorNotice} error=${error} retry=${reload} /></div>`;
  if (loading) return html`<div class="pad"><${Skeleton} lines=${6} /></div>`;
  return html`
    <${Table} ...${table} rows=${items} empty=${empty} />
    ${error && html`<div class="pad"><${ErrorNotice} error=${error} retry=${reload} /></div>`}
    ${hasMore && html`
      <div class="table-more">
        <${Button} size="small" busy=${busy} onClick=${more}>Show more</${Button}>
        <span class="muted">${number(items.length)}${total > items.length ? ` of ${number(total)}` : ""}</span>
      </div>
    `}
  `;
}
