// What uPlot is told. Places on the x axis are 0, 1, 2 …, so that every interval is as wide as the next, whatever clocks do.

const TONES = 6;
const LABEL_WIDTH = 84;

/** Sums from the first series on, the largest last but drawn first. */
export function stackedUp(series) {
  const sums = [];
  for (const [index, { values }] of series.entries()) {
    sums.push(values.map((value, at) => (value ?? 0) + (index ? sums[index - 1][at] : 0)));
  }
  return sums.reverse();
}

/** @returns {object} the options of one drawing */
export function optionsOf(uPlot, { kind, x, series, axis, nameOf, height, width, setAt }) {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const line = { stroke: colour("border"), width: 1 };
  const place = { stroke: colour("text-muted"), font, grid: { show: false }, ticks: { show: false } };
  const drawn = kind === "stacked" ? [...series].reverse() : series;
  const isBars = kind !== "line";
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { x: false, y: false, drag: { x: false, y: false }, points: { show: !isBars } },
    scales: {
      x: { time: false, range: isBars ? [-0.5, x.length - 0.5] : [0, Math.max(x.length - 1, 1)] },
      y: { range: (_, least, most) => [1.06 * Math.min(0, least ?? 0), 1.06 * Math.max(0, most ?? 0) || 1] },
    },
    axes: [
      { ...place, size: 28, gap: 6, splits: (drawing) => places(x.length, drawing.width), values: (_, at) => at.map((index) => nameOf(x[index])) },
      { ...place, grid: line, size: sizeOf(font), gap: 6, space: 40, values: (_, values) => values.map((value) => axis(value)) },
    ],
    series: [{}, ...drawn.map((each, index) => seriesOf(uPlot, { kind, each, index, series }))],
    hooks: { ready: [measure(x.length)], setSize: [measure(x.length)], setCursor: [({ cursor }) => setAt(cursor.left >= 0 ? cursor.idx : null)] },
  };
}

function seriesOf(uPlot, { kind, each, index, series }) {
  const tone = each.tone ?? series.indexOf(each) % TONES;
  const stroke = colour(`tone-${tone}`);
  if (kind === "line") return { stroke, width: 2, points: { show: each.values.length === 1 }, spanGaps: false };
  const isPair = kind === "bar" && series.length > 1;
  const paths = uPlot.paths.bars({ size: [isPair ? 0.34 : 0.62, 36], align: isPair ? (index === 0 ? -1 : 1) : 0 });
  return { stroke, fill: stroke, width: 0, paths, points: { show: false } };
}

/** A colour of the theme that is shown, by its name in tokens.css. */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** As many places as have room for their names. */
function places(count, width) {
  const step = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / LABEL_WIDTH))));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

let measuring = null;

/** As wide as the longest name on the axis. */
function sizeOf(font) {
  return (_, names) => {
    measuring ??= document.createElement("canvas").getContext("2d");
    measuring.font = font;
    return Math.ceil(Math.max(0, ...(names ?? []).map((name) => measuring.measureText(name).width))) + 14;
  };
}

/** Leaves at the drawing where its places are, for what is shown beside them. */
function measure(count) {
  return (drawing) => {
    const first = drawing.valToPos(0, "x");
    drawing.over.dataset.first = first;
    drawing.over.dataset.step = count > 1 ? drawing.valToPos(1, "x") - first : 0;
  };
}
