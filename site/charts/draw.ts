import * as Plot from '@observablehq/plot';
import {escapeMarkup, svgDocument} from './document.ts';

/** An SVG as text, and the size that its letters are meant for. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** The markup inside the outer element. */
  content: string;
}

/** The options that every chart takes. */
export interface ChartLabel {
  /** What it shows, in a sentence or two, for people who can't see it. */
  alt: string;
  /** A chart of the sample says so inside the drawing, since it may be copied without its page. */
  isSample: boolean;
}

type Options = Plot.PlotOptions & {width: number; height: number};

/**
 * Draws a chart when the site is built. Its colors are CSS variables of the page, so it is right in light mode, in dark mode and
 * on paper.
 */
export function drawPlot(options: Options, label: ChartLabel): Drawing {
  const {width, height} = options;
  const plot: {innerHTML: string} = Plot.plot({
    ...options,
    document: svgDocument,
    figure: false,
  });
  const inner = plot.innerHTML.replace(/<style>.*?<\/style>/s, '');
  return frameChart(inner, width, height, label);
}

/** Writes a text for each row; null if there are none, since a mark without rows takes as long as one with a few. */
export function drawTexts<T>(rows: readonly T[], options: Plot.TextOptions): Plot.Text | null {
  return rows.length === 0 ? null : Plot.text(rows, options);
}

/** What stands where a figure is missing, whatever the reason. The page says the reason. */
export const missingText = 'no figure';
export const missingWidth = 34;

type Scale = (value: number | string) => number;

/**
 * Draws strokes where figures are missing, unlike any bar, line or dot. `place` gives the middle of the left side, in pixels.
 *
 * @returns null if none is missing
 */
export function drawMissing<T>(
  rows: readonly T[],
  place: (row: T, x: Scale, y: Scale) => [number, number],
  {width = missingWidth, height = 10}: {width?: number; height?: number} = {},
): Plot.RenderFunction | null {
  if (rows.length === 0) return null;
  return (_index, scales, _values, _dimensions, {document: within}) => {
    const path = within.createElementNS('http://www.w3.org/2000/svg', 'path');
    const [x, y] = [scales.x as Scale, scales.y as Scale];
    path.setAttribute('class', 'missing');
    path.setAttribute('d', rows.map((row) => hatch(...place(row, x, y), width, height)).join(''));
    path.setAttribute('stroke', 'var(--muted)');
    path.setAttribute('stroke-width', '1.3');
    return path;
  };
}

/** Writes the path of slanted strokes that fill a box. */
export function hatch(left: number, middle: number, width: number, height: number): string {
  const strokes = Array.from({length: Math.floor((width - height / 2) / 4) + 1}, (_, index) => left + 4 * index);
  return strokes.map((at) => `M${at.toFixed(1)} ${(middle + height / 2).toFixed(1)}l${height / 2} ${-height}`).join('');
}

/** Wraps the content of a chart in its outer element. */
export function frameChart(content: string, width: number, height: number, {alt, isSample}: ChartLabel): Drawing {
  const mark = isSample
    ? `<text class="sample-mark" x="${width}" y="${height + 12}" text-anchor="end" font-size="10.5" font-weight="600">SAMPLE: invented figures</text>`
    : '';
  const below = isSample ? 16 : 0;
  const inner = shortenNumbers(content);
  const svg = `<svg class="chart" viewBox="0 0 ${width} ${height + below}" width="${width}" height="${height + below}" role="img" aria-label="${escapeMarkup(alt)}" font-size="12.5" text-anchor="middle" fill="currentColor">${inner}${mark}</svg>`;
  return {svg, width, height, content: inner};
}

/** Writes the label of the build under a chart, since a chart may be copied without its page. */
export function labelDrawing(drawing: Drawing, label: string): Drawing {
  const {svg, width} = drawing;
  const [, from = '', depth = '0'] = /viewBox="(0 0 \S+) (\S+?)"/.exec(svg) ?? [];
  const height = Number(depth) + 16;
  const mark = `<text class="sample-mark" x="${width}" y="${height - 4}" text-anchor="end" font-size="10.5" font-weight="600">${escapeMarkup(label)}</text>`;
  const labelled = svg
    .replace(`viewBox="${from} ${depth}"`, `viewBox="${from} ${height}"`)
    .replace(`height="${depth}"`, `height="${height}"`)
    .replace(/<\/svg>$/, `${mark}</svg>`);
  return {...drawing, svg: labelled};
}

/** Cuts the numbers of positions to tenths of a pixel, which halves the weight. Figures in the text stay. */
function shortenNumbers(svg: string): string {
  return svg
    .replaceAll(/(\d\.\d)\d+(?=[^<>]*>)/g, '$1')
    .replace(/ aria-label="[^"]*"/g, '')
    .replaceAll(' aria-hidden="true"', '');
}
