import type {School, SchoolMeasures} from '../../src/report/schools.ts';
import {formatCount, formatRatio, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, frameChart} from './draw.ts';
import {type Box, boxText, fitText, measureOverlap, measureText} from './letters.ts';
import {addEdge, round, scaleLinear, traceLine, writeDot, writeGroup, writeLines, writeText} from './marks.ts';

/** A school with both shares. */
export interface ComparedSchool {
  school: School;
  students: number;
  teachers: number;
  gap: number;
}

export function findComparedSchools(schools: readonly School[]): ComparedSchool[] {
  return schools.flatMap((school) => {
    const {students_of_color_share: students, teachers_of_color_share: teachers, gap_pp: gap} = school.measures;
    return students === null || teachers === null || gap === null ? [] : {school, students, teachers, gap};
  });
}

/** What a scatter shows of each school, and its words. */
interface Axes {
  across(measures: SchoolMeasures): number | null;
  up(measures: SchoolMeasures): number | null;
  names: {across: string; up: string; diagonal: string};
  /** Where the name of the diagonal stands on it. */
  at: number;
  colors: {across: string; up: string};
  describe(measures: SchoolMeasures): string;
}

export const sharesOfColor: Axes = {
  across: ({students_of_color_share}) => students_of_color_share,
  up: ({teachers_of_color_share}) => teachers_of_color_share,
  names: {across: 'Students of color →', up: '↑ Teachers of color', diagonal: 'Parity: the two shares are equal'},
  at: 0.7,
  colors: {across: 'var(--students)', up: 'var(--teachers)'},
  describe: (of) =>
    `students of color ${formatShare(of.students_of_color_share)}, teachers of color ${formatShare(of.teachers_of_color_share)} (${formatCount(of.teachers_of_color_count)} of ${formatCount(of.all_teachers_count)})`,
};

export const overlapAndPool: Axes = {
  across: ({overlap_of_pool}) => overlap_of_pool,
  up: ({known_overlap}) => known_overlap,
  names: {
    across: 'Overlap by a random draw →',
    up: '↑ Overlap of the teachers',
    diagonal: 'As the district’s teachers',
  },
  at: 0.28,
  colors: {across: 'currentColor', up: 'currentColor'},
  describe: (of) =>
    `overlap ${formatShare(of.known_overlap)}, by a random draw from the district’s teachers ${formatShare(of.overlap_of_pool)} (representation ${formatRatio(of.representation)})`,
};

type Scale = (value: number) => number;

interface Point {
  school: School;
  across: number;
  up: number;
}

/** Finds the schools that have a place in a scatter. */
export function placeSchools(schools: readonly School[], axes: Axes): Point[] {
  return schools.flatMap((school) => {
    const [across, up] = [axes.across(school.measures), axes.up(school.measures)];
    return across === null || up === null ? [] : {school, across, up};
  });
}

/** Draws each school as a dot. On the diagonal the two values are equal. */
export function drawScatter(
  points: readonly Point[],
  axes: Axes,
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const isWide = width > 400;
  const side = width - 38 - 18;
  const [left, right, top, bottom] = [38, 38 + side, 8, 8 + side];
  const gap = ({across, up}: Point) => up - across;
  const lowest = points.toSorted((a, b) => gap(a) - gap(b))[0];
  const nearest = points.toSorted((a, b) => Math.abs(gap(a)) - Math.abs(gap(b)))[0];
  const highest = points.toSorted((a, b) => b.up - a.up)[0];
  const fontSize = isWide ? 12.5 : 11.5;
  const x = scaleLinear([0, 1], [left, right]);
  const y = scaleLinear([0, 1], [bottom, top]);
  const named = placeNames([highest, lowest, nearest], {width, x, y, fontSize}, [
    boxText(axes.names.up, left + 6, 20, 'start'),
    ...boxDiagonal(axes, x, y, fontSize),
  ]);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const drawPoint = ({school, across, up}: Point, wider: number, title?: string) =>
    writeDot(x(across), y(up), computeRadius(school.measures.all_teachers_count, isWide) + wider, title);
  const marks = [
    writeLines(
      ticks.flatMap((tick) => [traceLine(x(tick), top, x(tick), bottom), traceLine(left, y(tick), right, y(tick))]),
      {stroke: 'var(--rule)'},
    ),
    writeGroup(
      ticks.map((tick) => writeText(x(tick), bottom + 13, formatShare(tick, 0))),
      {fill: 'var(--muted)'},
    ),
    writeGroup(
      ticks.slice(1).map((tick) => writeText(left - 5, y(tick), formatShare(tick, 0))),
      {fill: 'var(--muted)', 'text-anchor': 'end'},
    ),
    writeText(right, bottom + 30, axes.names.across, {
      fill: axes.colors.across,
      'text-anchor': 'end',
      'font-weight': 700,
    }),
    writeText(left + 6, top + 12, axes.names.up, {
      fill: axes.colors.up,
      'text-anchor': 'start',
      'font-weight': 700,
    }),
    writeLines([traceLine(left, bottom, right, top)], {stroke: 'currentColor', 'stroke-width': 1.5}),
    writeText(0, 0, axes.names.diagonal, {
      transform: `translate(${round(x(axes.at))},${round(y(axes.at) - away)}) rotate(-45)`,
      'font-size': fontSize,
      ...addEdge(4),
    }),
    writeGroup(
      points.map((point) =>
        drawPoint(point, 0, `${point.school.school_name}: ${axes.describe(point.school.measures)}`),
      ),
      {class: 'points', 'fill-opacity': 0.32, stroke: 'currentColor', 'stroke-width': 0.6},
    ),
    writeGroup(
      named.map(({point}) => drawPoint(point, 1)),
      {fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8},
    ),
    ...named.map(({point, text, anchor}) =>
      writeText(x(point.across) + (anchor === 'end' ? -9 : 9), y(point.up), text, {
        'text-anchor': anchor,
        'font-size': fontSize,
        'font-weight': 600,
        ...addEdge(4),
      }),
    ),
  ];
  return frameChart(marks, width, bottom + 40, {alt, isSample});
}

interface Named {
  point: Point;
  text: string;
  anchor: 'start' | 'end';
}

/** Finds the schools whose names have room beside their dots, and on which side. */
function placeNames(
  points: readonly (Point | undefined)[],
  {width, x: toX, y: toY, fontSize}: {width: number; x: Scale; y: Scale; fontSize: number},
  others: readonly Box[],
): Named[] {
  const named: Named[] = [];
  const taken = [...others];
  for (const point of new Set(points)) {
    if (point === undefined) continue;
    const [x, y] = [toX(point.across), toY(point.up)];
    const anchors = point.across > 0.5 ? (['end', 'start'] as const) : (['start', 'end'] as const);
    for (const anchor of anchors) {
      const room = (anchor === 'end' ? x - toX(0) : width - x) - 12;
      if (room < 60) continue;
      const text = fitText(point.school.school_name, room, fontSize);
      const box = boxText(text, x + (anchor === 'end' ? -9 : 9), y, anchor, fontSize);
      if (measureOverlap(box, taken) > 0) continue;
      named.push({point, text, anchor});
      taken.push(box);
      break;
    }
  }
  return named;
}

/** How far above the diagonal its name stands, so that neither the letters nor their edge touch it. */
const away = 15;

/** Returns the room of the name of the diagonal, as boxes along it. */
function boxDiagonal({names, at}: Axes, toX: Scale, toY: Scale, fontSize: number): Box[] {
  const half = measureText(names.diagonal, fontSize) / 2;
  const steps = Math.ceil(half / 8);
  return Array.from({length: 2 * steps + 1}, (_, index) => {
    const along = ((index - steps) * half) / steps / Math.SQRT2;
    const [x, y] = [toX(at) + along, toY(at) - away - along];
    return {left: x - fontSize / 2, right: x + fontSize / 2, top: y - fontSize / 2, bottom: y + fontSize / 2};
  });
}
/** Computes the radius of a dot whose area is the number of teachers. */
function computeRadius(teachers: number | null, isWide: boolean): number {
  return Math.sqrt(teachers ?? 1) * (isWide ? 0.62 : 0.42) + 0.8;
}
