// Members by the month in which they joined: how many of them are active in each month after.

import { month, number, percent, points } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Card, Empty, ErrorNotice, Select, Skeleton } from "../../ui/index.js";

const MOST_MONTHS = 13;
const HEATS = 8;
const MEASURES = {
  active_rate: { label: "Members active", text: (cell) => percent(cell.active_rate ?? 0), heat: (cell) => Number(cell.active_rate ?? 0) },
  active: { label: "Members active, in numbers", text: (cell) => number(cell.active), heat: (cell) => Number(cell.active_rate ?? 0) },
  earned: { label: "Points earned", text: (cell) => points(cell.earned), of: "earned" },
  redeemed: { label: "Points redeemed", text: (cell) => points(Math.abs(cell.redeemed)), of: "redeemed" },
};

function heatOf(measure, cohorts) {
  if (measure.heat) return measure.heat;
  const all = cohorts.flatMap((cohort) => cohort.periods.map((cell) => Math.abs(cell[measure.of])));
  const most = Math.max(1, ...all);
  return (cell) => Math.abs(cell[measure.of]) / most;
}

/** @param {number} share from 0 to 1 @returns {string} the class of its shade */
export function heatClass(share) {
  return `heat-${Math.min(HEATS, Math.ceil(share * HEATS))}`;
}

function Cohort({ cohort, columns, measure, heat }) {
  const byIndex = new Map(cohort.periods.map((cell) => [cell.index, cell]));
  return html`
    <tr>
      <th scope="row">${month(cohort.cohort)}</th>
      <td class="figure">${number(cohort.members)}</td>
      ${columns.map((index) => {
        const cell = byIndex.get(index);
        if (!cell) return html`<td key=${index} class="finance-cell-none"></td>`;
        return html`<td key=${index} class=${`finance-cell ${heatClass(heat(cell))}`}>${measure.text(cell)}</td>`;
      })}
    </tr>
  `;
}

function HeatMap({ cohorts, measure }) {
  const most = Math.max(0, ...cohorts.flatMap((cohort) => cohort.periods.map((cell) => cell.index)));
  const columns = Array.from({ length: Math.min(most + 1, MOST_MONTHS) }, (_, index) => index);
  const heat = heatOf(measure, cohorts);
  return html`
    <div class="finance-cohorts" role="region" aria-label="Cohorts" tabindex="0">
      <table>
        <caption class="visually-hidden">${measure.label}, by month of joining and months since</caption>
        <thead>
          <tr>
            <th scope="col">Joined in</th>
            <th scope="col" class="figure">Members</th>
            ${columns.map((index) => html`<th key=${index} scope="col" class="figure">${index === 0 ? "Month 0" : index}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${cohorts.map((cohort) => html`<${Cohort} key=${cohort.cohort} cohort=${cohort} columns=${columns} measure=${measure} heat=${heat} />`)}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {{program: {id: string}}} props */
export function Cohorts({ program }) {
  const [chosen, choose] = useState("active_rate");
  const { data, error, reload } = useQuery("/loyalty/analytics/cohorts", { program: program.id, interval: "month" });
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (!data) return html`<${Skeleton} lines=${12} />`;
  const options = Object.entries(MEASURES).map(([key, measure]) => [key, measure.label]);
  const select = html`<${Select} aria-label="Show" options=${options} value=${chosen} onChange=${choose} />`;
  return html`
    <${Card} title="Cohorts" subtitle="Members by the month they joined, and what they did in the months after" actions=${select} flush>
      ${
        data.data.length === 0
          ? html`<${Empty} title="No cohorts yet">They begin with the first member.</${Empty}>`
          : html`<${HeatMap} cohorts=${data.data} measure=${MEASURES[chosen]} />`
      }
    </${Card}>
  `;
}
