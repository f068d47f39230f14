// Charts over time, drawn by uPlot, which is fetched when the first one is shown. A table beside it says the same in words.

import { compact, date, month, number } from "../lib/format.js";
import { useObservable } from "../lib/observable.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/preact.js";
import { theme } from "../lib/theme.js";
import { optionsOf, stackedUp } from "./chart_options.js";
import { Skeleton } from "./states.js";

const MONTHLY = 27 * 86_400_000;

/**
 * @typedef {{label: string, values: Array<number|null>, tone?: string|number}} Series
 */

/**
 * @param {{kind: "line"|"bar"|"stacked", x: string[], series: Series[], format?: (value: number) => string,
 *   axis?: (value: number) => string, name?: (x: string) => string, height?: number, label: string, zone?: string}} props
 *   `x`: instants or days, evenly apart; `format`: a value in words, `axis`: the same, short; `name`: what a place on the x axis is
 *   called; `label`: what the chart shows. Arrow keys go from one place to the next.
 */
export function Chart({ kind, x, series, format = number, axis = compact, name, height = 220, label, zone }) {
  const frame = useRef(null);
  const [at, setAt] = useState(null);
  const nameOf = name ?? dayNames(x, zone);
  const failed = useDrawing(frame, { kind, x, series, axis, nameOf, height, setAt });
  const step = (event) => {
    const next = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? x.length) - 1, Home: 0, End: x.length - 1 }[event.key];
    if (event.key === "Escape") setAt(null);
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.min(Math.max(next, 0), x.length - 1));
  };
  return html`
    <figure class="chart">
      ${series.length > 1 && html`
        <ul class="legend" aria-hidden="true">
          ${series.map(({ label: text, tone }, index) => html`<li key=${text}><i class=${`dot tone-${tone ?? index}`}></i>${text}</li>`)}
        </ul>
      `}
      <div
        class="chart-area" tabindex="0" role="group" aria-label=${`${label}. Arrow keys read its values.`} onKeyDown=${step}
        onBlur=${() => setAt(null)}
      >
        <div class="chart-frame" ref=${frame} style=${{ height: `${height}px` }} aria-hidden="true">
          ${failed && html`<${Skeleton} lines=${4} />`}
        </div>
        ${at !== null && at < x.length && html`<${Tip} ...${{ at, x, series, format, nameOf, frame }} />`}
      </div>
      <${Words} ...${{ x, series, format, nameOf, label }} />
    </figure>
  `;
}

function dayNames(x, zone) {
  const isMonthly = x.length > 1 && Date.parse(x[1]) - Date.parse(x[0]) > MONTHLY;
  return (value) => (isMonthly ? month(monthOf(value, zone)) : date(value, zone));
}

/** The month of an instant in the zone; half a day later it is surely begun. */
function monthOf(value, zone) {
  if (value.length === 10) return value.slice(0, 7);
  const parts = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "2-digit", timeZone: zone }).formatToParts(new Date(value));
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("year")}-${part("month")}`;
}

/** Keeps a drawing in a frame, as wide as that is and in the colours of the theme. Answers whether it could not be had. */
function useDrawing(frame, { kind, x, series, axis, nameOf, height, setAt }) {
  const [draw, setDraw] = useState(null);
  const [failed, setFailed] = useState(false);
  const shownTheme = useObservable(theme);
  const content = useMemo(() => JSON.stringify([kind, x, series, height]), [kind, x, series, height]);
  useEffect(() => {
    import("../vendor/uplot.js").then((module) => setDraw(() => module.default), () => setFailed(true));
  }, []);
  useEffect(() => {
    if (!draw || x.length === 0) return undefined;
    const values = kind === "stacked" ? stackedUp(series) : series.map((each) => each.values);
    const options = optionsOf(draw, { kind, x, series, axis, nameOf, height, width: frame.current.clientWidth, setAt });
    const drawing = new draw(options, [x.map((_, index) => index), ...values], frame.current);
    const watch = new ResizeObserver(([{ contentRect }]) => drawing.setSize({ width: contentRect.width, height }));
    watch.observe(frame.current);
    return () => {
      watch.disconnect();
      drawing.destroy();
    };
  }, [draw, content, shownTheme]);
  return failed;
}

/** The values at one place, beside it. */
function Tip({ at, x, series, format, nameOf, frame }) {
  const left = placeOf(frame.current, at);
  const isRight = left > frame.current.clientWidth / 2;
  const style = isRight ? { right: `${frame.current.clientWidth - left + 12}px` } : { left: `${left + 12}px` };
  return html`
    <div class="chart-line" style=${{ left: `${left}px` }}></div>
    <div class="chart-tip" style=${style} role="status">
      <p>${nameOf(x[at])}</p>
      ${series.map(({ label, values, tone }, index) => html`
        <p key=${label}>
          <i class=${`dot tone-${tone ?? index}`}></i>${label}<b class="figure">${values[at] === null ? "–" : format(values[at])}</b>
        </p>
      `)}
    </div>
  `;
}

/** Where a place of the x axis is, in pixels from the left of the frame. */
function placeOf(frame, at) {
  const over = frame.querySelector(".u-over");
  if (!over) return 0;
  return over.offsetLeft + Number(over.dataset.first) + at * Number(over.dataset.step);
}

function Words({ x, series, format, nameOf, label }) {
  return html`
    <div class="visually-hidden"><table>
      <caption>${label}</caption>
      <thead><tr><th scope="col">From</th>${series.map((each) => html`<th key=${each.label} scope="col">${each.label}</th>`)}</tr></thead>
      <tbody>
        ${x.map((value, index) => html`
          <tr key=${value}>
            <th scope="row">${nameOf(value)}</th>
            ${series.map((each) => html`<td key=${each.label}>${each.values[index] === null ? "–" : format(each.values[index])}</td>`)}
          </tr>
        `)}
      </tbody>
    </table></div>
  `;
}
