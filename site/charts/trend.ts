import * as Plot from '@observablehq/plot';
import type {TrendYear} from '../../src/report/organizations.ts';
import {formatSchoolYear, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawMissing, drawPlot, drawTexts} from './draw.ts';

type Side = 'students_of_color_share' | 'teachers_of_color_share';

/** Says whether two school years have a figure of the same kind. */
export function hasTrend(trend: readonly TrendYear[]): boolean {
  const sides: Side[] = ['students_of_color_share', 'teachers_of_color_share'];
  return sides.some((side) => trend.filter((row) => row[side] !== null).length > 1);
}

/** Draws the share of color among students and among teachers, school year by school year. */
export function drawTrend(all: readonly TrendYear[], {width, alt, isSample}: {width: number} & ChartLabel): Drawing {
  const isKnown = (row: TrendYear) => row.students_of_color_share !== null || row.teachers_of_color_share !== null;
  const rows = all.slice(all.findIndex(isKnown), all.findLastIndex(isKnown) + 1);
  const broken = rows.filter((row) => row.students_of_color_share === null || row.teachers_of_color_share === null);
  const height = width > 400 ? 320 : 258;
  const x = 'school_year';
  const [first] = rows;
  const last = rows.at(-1);
  const ends = [...new Set([first, last])].filter((row) => row !== undefined);
  const isLate = (row: TrendYear) => rows.indexOf(row) > (rows.length - 1) / 2;
  const stride = (width - 88) / Math.max(1, rows.length - 1);
  // Where the lines are near each other, the labels of the lower one go below it.
  const isBelow = (y: Side, row: TrendYear) => {
    const other = row[y === 'students_of_color_share' ? 'teachers_of_color_share' : 'students_of_color_share'];
    const ahead = (other ?? Number.NEGATIVE_INFINITY) - (row[y] ?? 0);
    return ahead < 0.3 && (ahead > 0 || (ahead === 0 && y === 'teachers_of_color_share'));
  };
  const line = (y: Side, color: string, name: string) => {
    const known = rows.filter((row) => row[y] !== null);
    const [start, end] = [known[0], known.at(-1)];
    // Two figures too near each other to be read become one, the later.
    const isWideEnough = start && end && (rows.indexOf(end) - rows.indexOf(start)) * stride > 60;
    const labelled = isWideEnough ? [start, end] : known.slice(-1);
    const text = {x, y, fill: color, stroke: 'var(--paper)', strokeWidth: 4, fontWeight: 600};
    const anchored = (of: TrendYear[], value: (row: TrendYear) => string, away: number) =>
      [true, false].flatMap((late) =>
        [true, false].map((below) =>
          drawTexts(
            of.filter((row) => isLate(row) === late && isBelow(y, row) === below),
            {...text, text: value, textAnchor: late ? 'end' : 'start', dx: late ? 4 : -4, dy: below ? away : -away},
          ),
        ),
      );
    return [
      Plot.lineY(rows, {x, y, stroke: color, strokeWidth: 2.5}),
      Plot.dot(known, {x, y, r: 3, fill: color}),
      ...anchored(labelled, (row) => formatShare(row[y]), 12),
      ...anchored(labelled.slice(0, 1), () => name, 28),
    ];
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return drawPlot(
    {
      width,
      height,
      marginLeft: 38,
      marginRight: 4,
      marginTop: 36,
      marginBottom: 24,
      x: {
        type: 'point',
        padding: 0,
        domain: rows.map(({school_year}) => school_year),
        axis: null,
        insetLeft: 24,
        insetRight: 24,
      },
      y: {domain: [0, 1], axis: null, insetBottom: 36},
      marks: [
        Plot.ruleY(ticks, {stroke: 'var(--rule)'}),
        Plot.text(ticks, {
          x: null,
          y: (tick: number) => tick,
          frameAnchor: 'left',
          dx: -5,
          textAnchor: 'end',
          text: (tick: number) => formatShare(tick, 0),
          fill: 'var(--muted)',
        }),
        Plot.text(ends, {
          x,
          frameAnchor: 'bottom',
          dy: 14,
          lineAnchor: 'middle',
          textAnchor: 'middle',
          text: (row: TrendYear) => formatSchoolYear(row.school_year),
          fill: 'var(--muted)',
        }),
        drawMissing(broken, (row, x, y) => [x(row.school_year) - 8, y(0) + 16], {width: 16}),
        ...line('students_of_color_share', 'var(--students)', 'Students of color'),
        ...line('teachers_of_color_share', 'var(--teachers)', 'Teachers of color'),
      ],
    },
    {alt, isSample},
  );
}
