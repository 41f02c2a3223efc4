import {formatCount, formatSigned} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, frameChart} from './draw.ts';
import {scaleLinear, traceLine, writeDot, writeGroup, writeLines, writeText} from './marks.ts';
import type {ComparedSchool} from './scatter.ts';

/** Draws schools by their number of students (across) and their gap (up). */
export function drawSize(
  schools: readonly ComparedSchool[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const [height, top, bottom, left, right] = [290, 24, 250, 42, width - 24];
  const known = schools.flatMap(({school, gap}) => {
    const students = school.measures.all_students_count;
    return students === null ? [] : [{students, gap}];
  });
  const highest = Math.max(10, ...known.map(({gap}) => gap));
  const most = Math.max(100, ...known.map(({students}) => students));
  const step = [100, 500, 1000].find((size) => most / size < 6) ?? 5000;
  const xs = Array.from({length: Math.floor(most / step) + 1}, (_, index) => index * step);
  const ys = [0, -20, -40, -60, -80, -100];
  const x = scaleLinear([0, most], [left, right]);
  const y = scaleLinear([-100, highest], [bottom, top]);
  const rule = (value: number) => traceLine(left, y(value), right, y(value));
  const marks = [
    writeLines(ys.map(rule), {stroke: 'var(--rule)'}),
    writeLines([rule(0)], {stroke: 'currentColor', 'stroke-width': 1.5}),
    writeText(right, y(0) - 8, 'parity', {'text-anchor': 'end'}),
    writeGroup(
      ys.map((tick) => writeText(left - 6, y(tick), formatSigned(tick, 0))),
      {'text-anchor': 'end', fill: 'var(--muted)'},
    ),
    writeGroup(
      xs.map((tick) => writeText(x(tick), bottom + 13, formatCount(tick))),
      {fill: 'var(--muted)'},
    ),
    writeText(right, bottom + 30, 'Students at the school →', {
      'text-anchor': 'end',
      fill: 'var(--students)',
      'font-weight': 700,
    }),
    writeText(left - 36, top - 12, '↑ Gap, points', {'text-anchor': 'start', 'font-weight': 700}),
    writeGroup(
      known.map(({students, gap}) => writeDot(x(students), y(gap), 3)),
      {'fill-opacity': 0.32, stroke: 'currentColor', 'stroke-width': 0.6},
    ),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
