import {escapeMarkup, letterSize, type Point, round, writeLines} from './marks.ts';

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

/** What stands where a figure is missing, whatever the reason. The page says the reason. */
export const missingText = 'no figure';
export const missingWidth = 34;

/**
 * Draws strokes where figures are missing, unlike any bar, line or dot.
 *
 * @param places the middle of the left side of each, in pixels
 */
export function drawMissing(places: readonly Point[], width = missingWidth): string {
  const strokes = places.map(([left, middle]) => hatch(left, middle, width, 10));
  return writeLines(strokes, {class: 'missing', stroke: 'var(--muted)', 'stroke-width': 1.3});
}

/** Writes the path of slanted strokes that fill a box. */
export function hatch(left: number, middle: number, width: number, height: number): string {
  const strokes = Array.from({length: Math.floor((width - height / 2) / 4) + 1}, (_, index) => left + 4 * index);
  return strokes.map((at) => `M${round(at)} ${round(middle + height / 2)}l${height / 2} ${-height}`).join('');
}

/**
 * Wraps the marks of a chart in its outer element. The chart is drawn when the site is built: its colors are CSS variables of the
 * page, so it is right in light mode, in dark mode and on paper.
 */
export function frameChart(
  marks: readonly string[],
  width: number,
  height: number,
  {alt, isSample}: ChartLabel,
): Drawing {
  const content = marks.join('');
  const mark = isSample ? writeMark(width, height + 12, 'SAMPLE: invented figures') : '';
  const below = isSample ? 16 : 0;
  const svg = `<svg class="chart" viewBox="0 0 ${width} ${height + below}" width="${width}" height="${height + below}" role="img" aria-label="${escapeMarkup(alt)}" font-size="${letterSize}" text-anchor="middle" fill="currentColor">${content}${mark}</svg>`;
  return {svg, width, height, content};
}

/** Writes the label of the build under a chart, since a chart may be copied without its page. */
export function labelDrawing(drawing: Drawing, label: string): Drawing {
  const {svg, width} = drawing;
  const [, from = '', depth = '0'] = /viewBox="(0 0 \S+) (\S+?)"/.exec(svg) ?? [];
  const height = Number(depth) + 16;
  const labelled = svg
    .replace(`viewBox="${from} ${depth}"`, `viewBox="${from} ${height}"`)
    .replace(`height="${depth}"`, `height="${height}"`)
    .replace(/<\/svg>$/, `${writeMark(width, height - 4, label)}</svg>`);
  return {...drawing, svg: labelled};
}

function writeMark(x: number, y: number, text: string): string {
  return `<text class="sample-mark" x="${x}" y="${y}" text-anchor="end" font-size="10.5" font-weight="600">${escapeMarkup(text)}</text>`;
}
