import type {TrendYear} from '../../src/report/organizations.ts';
import {formatSchoolYear, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawMissing, frameChart} from './draw.ts';
import {addEdge, scaleLinear, traceLine, tracePath, writeDot, writeGroup, writeLines, writeText} from './marks.ts';

type Side = 'students_of_color_share' | 'teachers_of_color_share';

/** Says whether two school years have a figure of the same kind. */
export function hasTrend(trend: readonly TrendYear[]): boolean {
  const sides: Side[] = ['students_of_color_share', 'teachers_of_color_share'];
  return sides.some((side) => trend.filter((row) => row[side] !== null).length > 1);
}

/** Draws the share of color among students and among teachers, school year by school year. */
export function drawTrend(all: readonly TrendYear[], {width, alt, isSample}: {width: number} & ChartLabel): Drawing {
  const isKnown = (row: TrendYear) => row.students_of_color_share !== null || row.teachers_of_color_share !== null;
  const height = width > 400 ? 320 : 258;
  const [left, right, bottom] = [38, width - 4, height - 24];
  const shown = all.slice(all.findIndex(isKnown), all.findLastIndex(isKnown) + 1);
  const inset = 24;
  const stride = (right - left - 2 * inset) / Math.max(1, shown.length - 1);
  const rows = shown.map((row, index) => ({
    ...row,
    x: left + inset + stride * index,
    isLate: index > (shown.length - 1) / 2,
  }));
  type Placed = (typeof rows)[number];
  const y = scaleLinear([0, 1], [bottom - 36, 36]);
  // Where the lines are near each other, the labels of the lower one go below it.
  const isBelow = (side: Side, row: TrendYear) => {
    const other = row[side === 'students_of_color_share' ? 'teachers_of_color_share' : 'students_of_color_share'];
    const ahead = (other ?? Number.NEGATIVE_INFINITY) - (row[side] ?? 0);
    return ahead < 0.3 && (ahead > 0 || (ahead === 0 && side === 'teachers_of_color_share'));
  };
  const drawSide = (side: Side, color: string, name: string) => {
    const known = rows.flatMap((row) => {
      const share = row[side];
      return share === null ? [] : [{...row, share}];
    });
    const [first, last] = [known[0], known.at(-1)];
    // Two figures too near each other to be read become one, the later.
    const labelled = first && last && last.x - first.x > 60 ? [first, last] : known.slice(-1);
    const label = (row: Placed & {share: number}, text: string, away: number) =>
      writeText(row.x + (row.isLate ? 4 : -4), y(row.share) + (isBelow(side, row) ? away : -away), text, {
        'text-anchor': row.isLate ? 'end' : 'start',
      });
    const line = rows.map((row) => {
      const share = row[side];
      return share === null ? null : ([row.x, y(share)] as const);
    });
    return [
      writeLines([tracePath(line)], {
        fill: 'none',
        stroke: color,
        'stroke-width': 2.5,
        'stroke-linecap': 'round',
        'stroke-linejoin': 'round',
      }),
      writeGroup(
        known.map(({x, share}) => writeDot(x, y(share), 3)),
        {fill: color},
      ),
      writeGroup(
        [
          ...labelled.map((row) => label(row, formatShare(row.share), 12)),
          ...labelled.slice(0, 1).map((row) => label(row, name, 28)),
        ],
        {fill: color, 'font-weight': 600, ...addEdge(4)},
      ),
    ];
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const broken = rows.filter((row) => row.students_of_color_share === null || row.teachers_of_color_share === null);
  const ends = new Set([rows[0], rows.at(-1)]);
  const marks = [
    writeLines(
      ticks.map((tick) => traceLine(left, y(tick), right, y(tick))),
      {stroke: 'var(--rule)'},
    ),
    writeGroup(
      ticks.map((tick) => writeText(left - 5, y(tick), formatShare(tick, 0))),
      {fill: 'var(--muted)', 'text-anchor': 'end'},
    ),
    writeGroup(
      [...ends].map((row) => (row ? writeText(row.x, bottom + 14, formatSchoolYear(row.school_year)) : '')),
      {fill: 'var(--muted)'},
    ),
    drawMissing(
      broken.map(({x}) => [x - 8, y(0) + 16]),
      16,
    ),
    ...drawSide('students_of_color_share', 'var(--students)', 'Students of color'),
    ...drawSide('teachers_of_color_share', 'var(--teachers)', 'Teachers of color'),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
