import * as Plot from '@observablehq/plot';
import type {District} from '../../src/report/organizations.ts';
import {formatShare} from '../../src/words/format.ts';
import {shortenDistrict} from '../../src/words/names.ts';
import {type ChartLabel, type Drawing, drawMissing, drawPlot, drawTexts, missingText, missingWidth} from './draw.ts';
import {fitText} from './letters.ts';

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
  const at = (row: Pair) => rows.indexOf(row);
  const shift = isWide ? 0 : 9;
  const known = rows.filter(({students, teachers}) => students !== null && teachers !== null);
  const missing = rows.filter((row) => !known.includes(row));
  const on = {y: at, dy: shift};
  const isLower = (side: Side, {students, teachers}: Pair) =>
    (teachers ?? 0) <= (students ?? 1) === (side === 'teachers');
  const value = (side: Side, lower: boolean) =>
    drawTexts(
      rows.filter((row) => row[side] !== null && isLower(side, row) === lower),
      {
        ...on,
        x: side,
        text: (row: Pair) => formatShare(row[side]),
        textAnchor: lower ? 'end' : 'start',
        dx: lower ? -9 : 9,
        fill: `var(--${side})`,
        fontWeight: 600,
        stroke: 'var(--paper)',
        strokeWidth: 4,
      },
    );
  // What is missing stands at the end of the row that is farther from the other dot.
  const isFirst = ({students, teachers}: Pair) => (students ?? teachers ?? 1) > 0.5;
  const start = (row: Pair, x: (value: number) => number) => (isFirst(row) ? x(0) : x(1) - missingWidth);
  const explain = (first: boolean) =>
    drawTexts(
      missing.filter((row) => isFirst(row) === first),
      {
        ...on,
        x: first ? 0 : 1,
        dx: first ? missingWidth + 6 : -missingWidth - 6,
        textAnchor: first ? 'start' : 'end',
        text: ({students, teachers}: Pair) =>
          students === teachers ? missingText : `${sides[students === null ? 'students' : 'teachers']}: ${missingText}`,
        fill: 'var(--muted)',
        stroke: 'var(--paper)',
        strokeWidth: 4,
      },
    );
  const legend = Object.entries(sides).map(([side, name], index) => ({fill: `var(--${side})`, name, dx: 90 * index}));
  return drawPlot(
    {
      width,
      height,
      marginLeft: left,
      marginRight: 0,
      marginTop: top,
      marginBottom: 4,
      x: {domain: [0, 1], axis: null, insetLeft: room, insetRight: room},
      y: {type: 'band', domain: rows.map((_, index) => index), axis: null, padding: 0},
      marks: [
        Plot.ruleY(rows, {y: at, dy: shift, x1: 0, x2: 1, stroke: 'var(--rule)'}),
        Plot.ruleY(known, {...on, x1: 'teachers', x2: 'students', stroke: 'currentColor', strokeWidth: 1.75}),
        drawMissing(missing, (row, x, y) => [start(row, x), y(at(row)) + band / 2 + shift]),
        explain(true),
        explain(false),
        Plot.dot(rows, {...on, x: 'students', r: 6, fill: 'var(--students)'}),
        Plot.dot(rows, {...on, x: 'teachers', r: 6, fill: 'var(--teachers)'}),
        Plot.text(rows, {
          y: at,
          frameAnchor: 'left',
          text: ({name}: Pair) => fitText(name, isWide ? left - 4 : width),
          textAnchor: isWide ? 'end' : 'start',
          dx: isWide ? -4 : 0,
          dy: isWide ? 0 : -10,
          fontWeight: 500,
        }),
        (['students', 'teachers'] as const).flatMap((side) => [value(side, true), value(side, false)]),
        legend.map(({fill, name, dx}) => [
          Plot.dot([name], {x: 0, frameAnchor: 'top', dx, dy: -18, r: 6, fill}),
          Plot.text([name], {
            x: 0,
            frameAnchor: 'top',
            dx: dx + 11,
            dy: -18,
            lineAnchor: 'middle',
            textAnchor: 'start',
            fontWeight: 700,
            fill,
          }),
        ]),
      ],
    },
    {alt, isSample},
  );
}
