import * as Plot from '@observablehq/plot';
import {formatCount, formatSigned} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';
import type {ComparedSchool} from './scatter.ts';

/** Draws schools by their number of students (across) and their gap (up). */
export function drawSize(
  schools: readonly ComparedSchool[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const known = schools.filter(({school}) => school.measures.all_students_count !== null);
  const x = ({school}: ComparedSchool) => school.measures.all_students_count ?? 0;
  const top = Math.max(10, ...known.map(({gap}) => gap));
  const most = Math.max(100, ...known.map(x));
  const step = [100, 500, 1000].find((size) => most / size < 6) ?? 5000;
  const xs = Array.from({length: Math.floor(most / step) + 1}, (_, index) => index * step);
  const ys = [0, -20, -40, -60, -80, -100];
  return drawPlot(
    {
      width,
      height: 290,
      marginLeft: 42,
      marginRight: 24,
      marginTop: 24,
      marginBottom: 40,
      x: {domain: [0, most], axis: null},
      y: {domain: [-100, top], axis: null},
      marks: [
        Plot.ruleY(ys, {stroke: 'var(--rule)'}),
        Plot.ruleY([0], {stroke: 'currentColor', strokeWidth: 1.5}),
        Plot.text(['parity'], {x: () => most, y: 0, dy: -8, textAnchor: 'end', fill: 'currentColor'}),
        Plot.text(ys, {
          x: 0,
          y: (tick: number) => tick,
          dx: -6,
          textAnchor: 'end',
          text: (tick: number) => formatSigned(tick, 0),
          fill: 'var(--muted)',
        }),
        Plot.text(xs, {
          x: (tick: number) => tick,
          y: -100,
          dy: 13,
          text: (tick: number) => formatCount(tick),
          fill: 'var(--muted)',
        }),
        Plot.text(['Students at the school →'], {
          x: () => most,
          y: -100,
          dy: 30,
          textAnchor: 'end',
          fill: 'var(--students)',
          fontWeight: 700,
        }),
        Plot.text(['↑ Gap, points'], {
          x: 0,
          y: () => top,
          dy: -12,
          dx: -36,
          textAnchor: 'start',
          fill: 'currentColor',
          fontWeight: 700,
        }),
        Plot.dot(known, {
          x,
          y: 'gap',
          r: 3,
          fill: 'currentColor',
          fillOpacity: 0.32,
          stroke: 'currentColor',
          strokeWidth: 0.6,
          sort: null,
        }),
      ],
    },
    {alt, isSample},
  );
}
