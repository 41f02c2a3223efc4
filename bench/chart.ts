import * as Plot from '@observablehq/plot';
import {svgDocument} from '../site/charts/document.ts';
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

function draw(title: string, options: Plot.PlotOptions & {height: number}): Panel {
  const plot = Plot.plot({
    ...options,
    width,
    document: svgDocument,
    figure: false,
  }) as {innerHTML: string};
  const inner = plot.innerHTML
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/="[^"]*"/g, (value) => value.replace(/(\d+\.\d)\d+/g, '$1'));
  const head = `<text x="16" y="24" text-anchor="start" font-size="14" font-weight="700">${title}</text>`;
  return {svg: `${head}<g transform="translate(0 34)">${inner}</g>`, height: options.height + 34};
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
  const domain = [0.01, 10];
  const inside = (value: number) => Math.min(Math.max(value, 0.011), 9.9);
  const ticks = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10];
  // The number goes where it doesn't cover the target's mark.
  const isLeft = ({ratio, target}: Ratio) => target !== null && target > ratio.median;
  const halo = {stroke: paper, strokeWidth: 5};
  const underTitle = 9;
  return draw(title, {
    height: 34 + 46 * results.length,
    marginLeft: 30,
    marginRight: 26,
    marginTop: 26,
    marginBottom: 8,
    x: {type: 'log', domain, axis: null},
    y: {domain: results.map((each) => each.title), axis: null},
    marks: [
      Plot.ruleX(ticks, {stroke: rule}),
      Plot.ruleX([1], {stroke: ink}),
      Plot.text(ticks, {
        x: (tick: number) => tick,
        frameAnchor: 'top',
        dy: -14,
        text: (tick: number) => `${tick} ×`,
        fill: muted,
      }),
      Plot.text(results, {
        y: 'title',
        text: 'title',
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: -14,
        dy: -10,
        ...halo,
        fill: ink,
      }),
      Plot.tickX(
        results.filter(({target}) => target !== null),
        {x: 'target', y: 'title', stroke: other, strokeWidth: 2.5, insetTop: 22, insetBottom: 4},
      ),
      Plot.ruleY(results, {
        y: 'title',
        x1: ({ratio}: Ratio) => inside(ratio.least),
        x2: ({ratio}: Ratio) => inside(ratio.most),
        stroke: ours,
        strokeWidth: 2,
        dy: underTitle,
      }),
      Plot.dot(results, {x: ({ratio}: Ratio) => inside(ratio.median), y: 'title', fill: ours, r: 5, dy: underTitle}),
      ...[true, false].map((left) =>
        Plot.text(
          results.filter((each) => isLeft(each) === left),
          {
            x: ({ratio}: Ratio) => inside(left ? ratio.least : ratio.most),
            y: 'title',
            dx: left ? -9 : 9,
            dy: underTitle,
            textAnchor: left ? 'end' : 'start',
            text: ({ratio}: Ratio) => formatRatio(ratio.median),
            fill: ours,
            fontWeight: 700,
            ...halo,
          },
        ),
      ),
    ],
  });
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
  const xs = [1, 10, 100, 500];
  const color = ({isOurs}: Line) => (isOurs ? ours : other);
  const end = ({points}: Line) => points.at(-1)?.x ?? 0;
  const last = Math.max(...lines.map(end));
  return draw(title, {
    height: 230,
    marginLeft: 64,
    marginRight: 90,
    marginTop: 14,
    marginBottom: 42,
    x: {type: 'log', domain: [0.85, 550], axis: null},
    y: {type: 'log', domain: [ticks[0] ?? 1, ticks.at(-1) ?? 10], axis: null, clamp: true},
    marks: [
      Plot.ruleY(ticks, {stroke: rule}),
      Plot.text(ticks, {
        y: (tick: number) => tick,
        frameAnchor: 'left',
        dx: -8,
        textAnchor: 'end',
        text: (tick: number) => `${tick.toLocaleString('en-US')}${unit}`,
        fill: muted,
      }),
      Plot.text(xs, {
        x: (tick: number) => tick,
        frameAnchor: 'bottom',
        dy: 16,
        text: (tick: number) => String(tick),
        fill: muted,
      }),
      Plot.text(['school years of a state →'], {
        frameAnchor: 'bottom-right',
        dy: 34,
        text: (text: string) => text,
        fill: muted,
      }),
      ...lines.flatMap((line) => [
        Plot.line(line.points, {x: 'x', y: 'y', stroke: color(line), strokeWidth: 2}),
        Plot.dot(line.points, {x: 'x', y: 'y', fill: color(line), r: 4}),
        Plot.text(line.points.slice(-1), {
          x: 'x',
          y: 'y',
          ...(end(line) < last ? {dy: -14, textAnchor: 'end'} : {dx: 9, textAnchor: 'start'}),
          text: () => line.name,
          fill: color(line),
          fontWeight: 700,
          stroke: paper,
          strokeWidth: 5,
        }),
      ]),
    ],
  });
}
