import * as Plot from '@observablehq/plot';
import type {District} from '../../src/report/organizations.ts';
import {formatShare} from '../../src/words/format.ts';
import {shortenDistrict} from '../words/groups.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';

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

/** Draws one row for each pair: the share of color among teachers and among students, and the line between them. */
export function drawDumbbell(
  rows: readonly Pair[],
  {width, left: margin, alt, isSample}: {width: number; left?: number} & ChartLabel,
): Drawing {
  const isWide = width > 400;
  const left = isWide ? (margin ?? 150) : 4;
  const band = isWide ? 34 : 46;
  const top = 30;
  const height = top + band * rows.length + 4;
  const index = (row: Pair) => rows.indexOf(row);
  const shift = isWide ? 0 : 9;
  const known = rows.filter(({students, teachers}) => students !== null && teachers !== null);
  const on = {y: index, dy: shift};
  const value = (side: 'students' | 'teachers', end: (row: Pair) => boolean, anchor: 'start' | 'end') =>
    Plot.text(
      rows.filter((row) => row[side] !== null && end(row)),
      {
        ...on,
        x: side,
        text: (row: Pair) => formatShare(row[side]),
        textAnchor: anchor,
        dx: anchor === 'start' ? 9 : -9,
        fill: `var(--${side})`,
        fontWeight: 600,
        stroke: 'var(--paper)',
        strokeWidth: 4,
      },
    );
  const isBelow = ({students, teachers}: Pair) => (teachers ?? 0) <= (students ?? 0);
  const head = (side: 'students' | 'teachers', text: string) => {
    const [first] = rows;
    if (first === undefined || first[side] === null) return null;
    return Plot.text([first], {
      x: side,
      y: 0,
      dy: -band / 2 - 10,
      text: () => text,
      fill: `var(--${side})`,
      fontWeight: 700,
    });
  };
  return drawPlot(
    {
      width,
      height,
      marginLeft: left,
      marginRight: 52,
      marginTop: top,
      marginBottom: 4,
      x: {domain: [0, 1], axis: null},
      y: {type: 'band', domain: rows.map((_, at) => at), axis: null, padding: 0},
      marks: [
        Plot.ruleY(rows, {y: index, dy: shift, x1: 0, x2: 1, stroke: 'var(--rule)'}),
        Plot.ruleY(known, {...on, x1: 'teachers', x2: 'students', stroke: 'currentColor', strokeWidth: 1.75}),
        Plot.dot(rows, {...on, x: 'students', r: 6, fill: 'var(--students)'}),
        Plot.dot(rows, {...on, x: 'teachers', r: 6, fill: 'var(--teachers)'}),
        Plot.text(rows, {
          y: index,
          frameAnchor: 'left',
          text: 'name',
          textAnchor: isWide ? 'end' : 'start',
          dx: isWide ? -14 : 0,
          dy: isWide ? 0 : -10,
          fontWeight: 500,
        }),
        value('students', isBelow, 'start'),
        value('students', (row) => !isBelow(row), 'end'),
        value('teachers', isBelow, 'end'),
        value('teachers', (row) => !isBelow(row), 'start'),
        head('students', 'Students'),
        head('teachers', 'Teachers'),
      ],
    },
    {alt, isSample},
  );
}
