import * as Plot from '@observablehq/plot';
import type {TrendYear} from '../../src/report/organizations.ts';
import {formatSchoolYear, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';

type Side = 'students_of_color_share' | 'teachers_of_color_share';

/** Says whether two school years have a figure of the same kind. */
export function hasTrend(trend: readonly TrendYear[]): boolean {
  const sides: Side[] = ['students_of_color_share', 'teachers_of_color_share'];
  return sides.some((side) => trend.filter((row) => row[side] !== null).length > 1);
}

/** Draws the share of color among students and among teachers, school year by school year. */
export function drawTrend(all: readonly TrendYear[], {width, alt, isSample}: {width: number} & ChartLabel): Drawing {
  const rows = all.filter((row) => row.students_of_color_share !== null || row.teachers_of_color_share !== null);
  const height = width > 400 ? 320 : 258;
  const x = 'school_year';
  const [first] = rows;
  const last = rows.at(-1);
  const ends = [...new Set([first, last])].filter((row) => row !== undefined);
  const isLate = (row: TrendYear) => rows.indexOf(row) > (rows.length - 1) / 2;
  // Labels of lines near each other go on the far sides.
  const nearest = Math.min(
    ...rows.map((row) => (row.students_of_color_share ?? 9) - (row.teachers_of_color_share ?? -9)).map(Math.abs),
  );
  const isBelow = (y: Side) =>
    nearest < 0.22 &&
    mean(y) < mean(y === 'students_of_color_share' ? 'teachers_of_color_share' : 'students_of_color_share');
  const mean = (y: Side) => rows.reduce((sum, row) => sum + (row[y] ?? 0), 0);
  const line = (y: Side, color: string, name: string) => {
    const away = isBelow(y) ? -1 : 1;
    const known = rows.filter((row) => row[y] !== null);
    const text = {x, y, fill: color, stroke: 'var(--paper)', strokeWidth: 4, fontWeight: 600};
    const anchored = (ofRows: TrendYear[], value: (row: TrendYear) => string, dy: number) => [
      Plot.text(
        ofRows.filter((row) => !isLate(row)),
        {...text, text: value, textAnchor: 'start', dx: -4, dy},
      ),
      Plot.text(ofRows.filter(isLate), {...text, text: value, textAnchor: 'end', dx: 4, dy}),
    ];
    return [
      Plot.lineY(rows, {x, y, stroke: color, strokeWidth: 2.5}),
      Plot.dot(known, {x, y, r: 3, fill: color}),
      ...anchored([...new Set([...known.slice(0, 1), ...known.slice(-1)])], (row) => formatShare(row[y]), -12 * away),
      ...anchored(known.slice(0, 1), () => name, -28 * away),
    ];
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return drawPlot(
    {
      width,
      height,
      marginLeft: 36,
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
      y: {domain: [0, 1], axis: null},
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
          y: 0,
          dy: 14,
          textAnchor: 'middle',
          text: (row: TrendYear) => formatSchoolYear(row.school_year),
          fill: 'var(--muted)',
        }),
        ...line('students_of_color_share', 'var(--students)', 'Students of color'),
        ...line('teachers_of_color_share', 'var(--teachers)', 'Teachers of color'),
      ],
    },
    {alt, isSample},
  );
}
