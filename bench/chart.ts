import {
  addEdge,
  type Ends,
  scaleLinear,
  traceLine,
  tracePath,
  writeDot,
  writeGroup,
  writeLines,
  writeText,
} from '../site/charts/marks.ts';
import {formatRatio, type Ratio} from './tables.ts';

const paper = '#fdfcf8';
const ink = '#1c1b19';
const muted = '#5b5850';
const rule = '#d8d3c6';
const ours = '#07506f';
const other = '#b84d08';
/** Narrow enough to stay legible on a phone. */
const width = 480;

interface Panel {
  svg: string;
  height: number;
}

/** Puts marks under a title. */
function makePanel(title: string, height: number, marks: readonly string[]): Panel {
  const head = writeText(16, 20, title, {'text-anchor': 'start', 'font-size': 14, 'font-weight': 700});
  return {svg: `${head}${writeGroup(marks, {transform: 'translate(0 34)'})}`, height: height + 34};
}

const halo = {...addEdge(5), stroke: paper};

/** Returns the function that gives a value its place on a logarithmic scale. */
function scaleLog([least, most]: Ends, ends: Ends): (value: number) => number {
  const place = scaleLinear([Math.log(least), Math.log(most)], ends);
  return (value) => place(Math.log(value));
}

/** Draws panels below each other, legible on light and dark pages. */
export function drawPicture(panels: readonly Panel[], says: string): string {
  let y = 8;
  const placed = panels.map(({svg, height}) => {
    const at = y;
    y += height + 14;
    return `<g transform="translate(0 ${at})">${svg}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="${says}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12.5" text-anchor="middle" fill="${ink}"><rect width="100%" height="100%" fill="${paper}"/>${placed.join('')}</svg>\n`;
}

/** Draws a row for each pair on a logarithmic scale, so that twice and half are equally far from 1. */
export function drawRatios(results: readonly Ratio[], title: string): Panel {
  const [top, band] = [26, 46];
  const height = top + 8 + band * results.length;
  const x = scaleLog([0.01, 10], [30, width - 26]);
  const place = (value: number) => x(Math.min(Math.max(value, 0.011), 9.9));
  const rows = results.map(({ratio, ...each}, index) => ({
    ...each,
    ...ratio,
    // The number goes where it doesn't cover the target's mark.
    isLeft: each.target !== null && each.target > ratio.median,
    top: top + band * index,
    y: top + band * (index + 0.5) + 9,
  }));
  const ticks = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10];
  const trace = (value: number) => traceLine(x(value), top, x(value), height - 8);
  return makePanel(title, height, [
    writeLines(ticks.map(trace), {stroke: rule}),
    writeLines([trace(1)], {stroke: ink}),
    writeGroup(
      ticks.map((tick) => writeText(x(tick), top - 14, `${tick} ×`)),
      {fill: muted},
    ),
    writeGroup(
      rows.map(({title, y}) => writeText(16, y - 19, title)),
      {'text-anchor': 'start', ...halo},
    ),
    writeLines(
      rows.map(({target, top}) => (target === null ? '' : traceLine(x(target), top + 22, x(target), top + band - 4))),
      {stroke: other, 'stroke-width': 2.5},
    ),
    writeLines(
      rows.map(({least, most, y}) => traceLine(place(least), y, place(most), y)),
      {stroke: ours, 'stroke-width': 2},
    ),
    writeGroup(
      rows.map(({median, y}) => writeDot(place(median), y, 5)),
      {fill: ours},
    ),
    writeGroup(
      rows.map(({isLeft, least, median, most, y}) =>
        isLeft
          ? writeText(place(least) - 9, y, formatRatio(median), {'text-anchor': 'end'})
          : writeText(place(most) + 9, y, formatRatio(median), {'text-anchor': 'start'}),
      ),
      {fill: ours, 'font-weight': 700, ...halo},
    ),
  ]);
}

/** A line of a chart. `x` is the number of state-years. */
export interface Line {
  /** Placed beside its end, or above it if other lines are longer. */
  name: string;
  isOurs: boolean;
  points: readonly {x: number; y: number}[];
}

/** Draws how something grows with the state-years, on logarithmic scales. */
export function drawCurves(
  title: string,
  lines: readonly Line[],
  {ticks, unit}: {ticks: readonly number[]; unit: string},
): Panel {
  const [height, left, right, top, bottom] = [230, 64, width - 90, 14, 188];
  const xs = [1, 10, 100, 500];
  const [least = 1, most = 10] = [ticks[0], ticks.at(-1)];
  const x = scaleLog([0.85, 550], [left, right]);
  const y = scaleLog([least, most], [bottom, top]);
  const placed = lines.map(({name, isOurs, points}) => ({
    name,
    color: isOurs ? ours : other,
    places: points.map((point) => [x(point.x), y(Math.min(Math.max(point.y, least), most))] as const),
  }));
  const findEnd = ({places}: (typeof placed)[number]) => places.at(-1)?.[0] ?? 0;
  const last = Math.max(...placed.map(findEnd));
  return makePanel(title, height, [
    writeLines(
      ticks.map((tick) => traceLine(left, y(tick), right, y(tick))),
      {stroke: rule},
    ),
    writeGroup(
      ticks.map((tick) => writeText(left - 8, y(tick), `${tick.toLocaleString('en-US')}${unit}`)),
      {'text-anchor': 'end', fill: muted},
    ),
    writeGroup(
      xs.map((tick) => writeText(x(tick), bottom + 16, String(tick))),
      {fill: muted},
    ),
    writeText(right, bottom + 34, 'school years of a state →', {'text-anchor': 'end', fill: muted}),
    ...placed.flatMap((line) => [
      writeLines([tracePath(line.places)], {fill: 'none', stroke: line.color, 'stroke-width': 2}),
      writeGroup(
        line.places.map(([x, y]) => writeDot(x, y, 4)),
        {fill: line.color},
      ),
      ...line.places.slice(-1).map(([x, y]) => {
        const look = {fill: line.color, 'font-weight': 700, ...halo};
        return findEnd(line) < last
          ? writeText(x, y - 14, line.name, {'text-anchor': 'end', ...look})
          : writeText(x + 9, y, line.name, {'text-anchor': 'start', ...look});
      }),
    ]),
  ]);
}
