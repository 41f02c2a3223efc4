import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';

const {document} = parseHTML('<!doctype html><html><body></body></html>');

/** An SVG as text, and the width that its letters are meant for. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** What is within the outer element. */
  content: string;
}

/** What every chart is told, whatever it shows. */
export interface ChartLabel {
  /** What it is and what it shows, in a sentence or two, for somebody who can't see it. */
  alt: string;
  /** A chart of the sample has that written in: it is copied without its page. */
  isSample: boolean;
}

/** The part of a browser's document that Plot draws with is in linkedom's too. */
type PlotDocument = NonNullable<Plot.PlotOptions['document']>;

type Options = Plot.PlotOptions & {width: number; height: number};

/**
 * Draws a chart when the site is built. Colours are the page's own (CSS variables), so that it is right in light, in dark and on
 * paper.
 */
export function drawPlot(options: Options, label: ChartLabel): Drawing {
  const {width, height} = options;
  const plot: {innerHTML: string} = Plot.plot({
    ...options,
    document: document as unknown as PlotDocument,
    figure: false,
  });
  const inner = plot.innerHTML.replace(/<style>.*?<\/style>/s, '');
  return frameChart(inner, width, height, label);
}

/** The outer element of a chart around its content. */
export function frameChart(content: string, width: number, height: number, {alt, isSample}: ChartLabel): Drawing {
  const mark = isSample
    ? `<text class="sample-mark" x="${width}" y="${height + 12}" text-anchor="end" font-size="10.5" font-weight="600">SAMPLE: invented figures</text>`
    : '';
  const below = isSample ? 16 : 0;
  const inner = shortenNumbers(content);
  const svg = `<svg class="chart" viewBox="0 0 ${width} ${height + below}" width="${width}" height="${height + below}" role="img" aria-label="${escapeMarkup(alt)}" font-size="12.5" text-anchor="middle" fill="currentColor">${inner}${mark}</svg>`;
  return {svg, width, height, content: inner};
}

/** Tenths of a pixel are enough, and half the weight. */
function shortenNumbers(svg: string): string {
  return svg
    .replace(/(\d+\.\d)\d+/g, '$1')
    .replace(/ aria-label="[^"]*"/g, '')
    .replaceAll(' aria-hidden="true"', '');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
