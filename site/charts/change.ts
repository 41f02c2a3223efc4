import * as Plot from '@observablehq/plot';
import {formatSigned} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';
import {fitText} from './letters.ts';

/** Draws how far gaps have moved, as bars on either side of 0: widened to the left, narrowed to the right. */
export function drawChange(
  rows: readonly {name: string; value: number}[],
  {width, ends, alt, isSample}: {width: number; ends: [string, string]} & ChartLabel,
): Drawing {
  const most = Math.max(1, ...rows.map(({value}) => Math.abs(value)));
  const reach = (most * (width / 2)) / (width / 2 - 52);
  const y = (row: {name: string; value: number}) => rows.indexOf(row);
  const side = (sign: -1 | 1) => ({dx: 6 * sign, textAnchor: sign < 0 ? 'end' : 'start'}) as const;
  const value = (sign: -1 | 1) =>
    Plot.text(
      rows.filter(({value}) => value < 0 === sign < 0),
      {
        ...side(sign),
        y,
        x: 'value',
        dy: 7.5,
        text: ({value}) => formatSigned(value),
        fill: 'currentColor',
        fontWeight: 600,
      },
    );
  const head = (sign: -1 | 1, text: string) =>
    Plot.text([text], {...side(sign), x: 0, y: 0, dx: 12 * sign, dy: -36, fill: 'currentColor', fontWeight: 700});
  return drawPlot(
    {
      width,
      height: 30 + 42 * rows.length,
      margin: 0,
      marginTop: 30,
      x: {domain: [-reach, reach], axis: null},
      y: {type: 'band', domain: rows.map((_, index) => index), axis: null, padding: 0},
      marks: [
        Plot.barX(rows, {y, x: 'value', fill: 'var(--gap-3)', insetTop: 20, insetBottom: 5}),
        Plot.ruleX([0], {stroke: 'currentColor'}),
        Plot.text(rows, {
          y,
          x: 0,
          dy: -11,
          text: ({name}) => fitText(name, width),
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 5,
        }),
        value(-1),
        value(1),
        head(-1, `← ${ends[0]}`),
        head(1, `${ends[1]} →`),
      ],
    },
    {alt, isSample},
  );
}
