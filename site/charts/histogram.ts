import * as Plot from '@observablehq/plot';
import {formatCount} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';

/** Draws how many schools have how many teachers. */
export function drawHistogram(
  values: readonly number[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const most = Math.max(0, ...values);
  const step = [10, 20, 50, 100].find((size) => most / size < 15) ?? 500;
  const top = Math.ceil((most + 1) / step) * step;
  const bins = Array.from({length: top / step}, (_, index) => ({
    from: index * step,
    schools: values.filter((value) => value >= index * step && value < (index + 1) * step).length,
  }));
  return drawPlot(
    {
      width,
      height: 200,
      marginLeft: 4,
      marginRight: 8,
      marginTop: 20,
      marginBottom: 40,
      x: {domain: [0, top], axis: null},
      y: {axis: null},
      marks: [
        Plot.rect(bins, {
          x1: 'from',
          x2: ({from}) => from + step,
          y1: 0,
          y2: 'schools',
          fill: 'var(--teachers)',
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        Plot.text(
          bins.filter(({schools}) => schools > 0),
          {
            x: ({from}) => from + step / 2,
            y: 'schools',
            dy: -8,
            text: ({schools}) => formatCount(schools),
            fill: 'currentColor',
            fontSize: bins.length > 12 ? 10.5 : 12,
          },
        ),
        Plot.ruleY([0], {stroke: 'currentColor'}),
        Plot.text(
          bins.filter(({from}) => from % (2 * step) === 0),
          {x: 'from', y: 0, dy: 13, text: ({from}) => formatCount(from), fill: 'var(--muted)'},
        ),
        Plot.text(['Teachers at a school'], {
          x: () => top / 2,
          y: 0,
          dy: 31,
          fill: 'var(--teachers)',
          fontWeight: 700,
        }),
      ],
    },
    {alt, isSample},
  );
}
