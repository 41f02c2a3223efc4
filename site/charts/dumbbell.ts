import type {District} from '../../src/report/organizations.ts';
import {formatShare} from '../../src/words/format.ts';
import {shortenDistrict} from '../../src/words/names.ts';
import {type ChartLabel, type Drawing, drawMissing, frameChart, missingText, missingWidth} from './draw.ts';
import {fitText} from './letters.ts';
import {addEdge, scaleLinear, traceLine, writeDot, writeGroup, writeLines, writeText} from './marks.ts';

export interface Pair {
  name: string;
  students: number | null;
  teachers: number | null;
}

/** Adds the pair of shares to a district. */
export function pairDistrict(district: District): District & Pair {
  return {
    ...district,
    name: shortenDistrict(district.district_name),
    students: district.measures?.students_of_color_share ?? null,
    teachers: district.measures?.teachers_of_color_share ?? null,
  };
}

type Side = 'students' | 'teachers';
const sides = {teachers: 'Teachers', students: 'Students'} as const;

/** Draws one row for each pair: the share of color among teachers and among students, and the line between them. */
export function drawDumbbell(
  rows: readonly Pair[],
  {width, left: margin, alt, isSample}: {width: number; left?: number} & ChartLabel,
): Drawing {
  const isWide = width > 400;
  const left = isWide ? (margin ?? 150) : 0;
  const band = isWide ? 34 : 46;
  const top = 30;
  const height = top + band * rows.length + 4;
  // The figures stand outside of the dots, so the ends of the scale keep room for them.
  const room = 56;
  const [start, end] = [left + room, width - room];
  const x = scaleLinear([0, 1], [start, end]);
  const placed = rows.map((row, index) => ({...row, y: top + band * (index + 0.5) + (isWide ? 0 : 9)}));
  const known = placed.flatMap(({students, teachers, y}) =>
    students === null || teachers === null ? [] : [{students, teachers, y}],
  );
  const missing = placed.filter(({students, teachers}) => students === null || teachers === null);
  const isLower = (side: Side, {students, teachers}: Pair) =>
    (teachers ?? 0) <= (students ?? 1) === (side === 'teachers');
  const drawDots = (side: Side) =>
    writeGroup(
      placed.map(({[side]: share, y}) => (share === null ? '' : writeDot(x(share), y, 6))),
      {fill: `var(--${side})`},
    );
  const writeShares = (side: Side) =>
    writeGroup(
      placed.map((row) => {
        const share = row[side];
        if (share === null) return '';
        const isLeft = isLower(side, row);
        return writeText(x(share) + (isLeft ? -9 : 9), row.y, formatShare(share), {
          'text-anchor': isLeft ? 'end' : 'start',
        });
      }),
      {fill: `var(--${side})`, 'font-weight': 600, ...addEdge(4)},
    );
  // What is missing stands at the end of the row that is farther from the other dot.
  const isFirst = ({students, teachers}: Pair) => (students ?? teachers ?? 1) > 0.5;
  const explain = ({students, teachers}: Pair) =>
    students === teachers ? missingText : `${sides[students === null ? 'students' : 'teachers']}: ${missingText}`;
  const beyond = missingWidth + 6;
  const marks = [
    writeLines(
      placed.map(({y}) => traceLine(start, y, end, y)),
      {stroke: 'var(--rule)'},
    ),
    writeLines(
      known.map(({students, teachers, y}) => traceLine(x(teachers), y, x(students), y)),
      {stroke: 'currentColor', 'stroke-width': 1.75},
    ),
    drawMissing(missing.map((row) => [isFirst(row) ? start : end - missingWidth, row.y])),
    writeGroup(
      missing.map((row) =>
        isFirst(row)
          ? writeText(start + beyond, row.y, explain(row), {'text-anchor': 'start'})
          : writeText(end - beyond, row.y, explain(row), {'text-anchor': 'end'}),
      ),
      {fill: 'var(--muted)', ...addEdge(4)},
    ),
    drawDots('students'),
    drawDots('teachers'),
    writeGroup(
      placed.map(({name, y}) =>
        isWide ? writeText(left - 4, y, fitText(name, left - 4)) : writeText(0, y - 19, fitText(name, width)),
      ),
      {'text-anchor': isWide ? 'end' : 'start', 'font-weight': 500},
    ),
    writeShares('students'),
    writeShares('teachers'),
    ...Object.entries(sides).map(([side, name], index) =>
      writeGroup(
        [
          writeDot(start + 90 * index, 12, 6),
          writeText(start + 90 * index + 11, 12, name, {'text-anchor': 'start', 'font-weight': 700}),
        ],
        {fill: `var(--${side})`},
      ),
    ),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
