import * as Plot from '@observablehq/plot';
import type {School, SchoolMeasures} from '../../src/report/schools.ts';
import {formatCount, formatRatio, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';
import {type Box, boxText, fitText, measureOverlap, measureText} from './letters.ts';

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
  const left = 38;
  const bottom = 40;
  const side = width - left - 18;
  const height = side + bottom + 8;
  const gap = ({across, up}: Point) => up - across;
  const lowest = points.toSorted((a, b) => gap(a) - gap(b))[0];
  const nearest = points.toSorted((a, b) => Math.abs(gap(a)) - Math.abs(gap(b)))[0];
  const highest = points.toSorted((a, b) => b.up - a.up)[0];
  const fontSize = isWide ? 12.5 : 11.5;
  const [toX, toY] = [(value: number) => left + value * side, (value: number) => 8 + (1 - value) * side];
  const named = placeNames([highest, lowest, nearest], {width, toX, toY, fontSize}, [
    boxText(axes.names.up, left + 6, 20, 'start'),
    ...boxDiagonal(axes, toX, toY, fontSize),
  ]);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const x = (point: Point) => point.across;
  const y = (point: Point) => point.up;
  const name = (anchor: 'start' | 'end') =>
    Plot.text(
      named.filter((each) => each.anchor === anchor),
      {
        x: ({point}: Named) => point.across,
        y: ({point}: Named) => point.up,
        text: 'text',
        textAnchor: anchor,
        dx: anchor === 'end' ? -9 : 9,
        fontSize,
        fontWeight: 600,
        fill: 'currentColor',
        stroke: 'var(--paper)',
        strokeWidth: 4,
      },
    );
  return drawPlot(
    {
      width,
      height,
      marginLeft: left,
      marginRight: 18,
      marginTop: 8,
      marginBottom: bottom,
      x: {domain: [0, 1], axis: null},
      y: {domain: [0, 1], axis: null},
      r: {type: 'identity'},
      marks: [
        Plot.ruleX(ticks, {stroke: 'var(--rule)'}),
        Plot.ruleY(ticks, {stroke: 'var(--rule)'}),
        Plot.text(ticks, {
          x: (tick: number) => tick,
          y: 0,
          dy: 13,
          text: (tick: number) => formatShare(tick, 0),
          fill: 'var(--muted)',
        }),
        Plot.text(ticks.slice(1), {
          x: 0,
          y: (tick: number) => tick,
          dx: -5,
          textAnchor: 'end',
          text: (tick: number) => formatShare(tick, 0),
          fill: 'var(--muted)',
        }),
        Plot.text([axes.names.across], {
          x: 1,
          y: 0,
          dy: 30,
          textAnchor: 'end',
          fontWeight: 700,
          fill: axes.colors.across,
        }),
        Plot.text([axes.names.up], {
          x: 0,
          y: 1,
          dx: 6,
          dy: 12,
          textAnchor: 'start',
          fontWeight: 700,
          fill: axes.colors.up,
        }),
        Plot.link([0], {x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'currentColor', strokeWidth: 1.5}),
        Plot.text([axes.names.diagonal], {
          x: axes.at,
          y: axes.at,
          rotate: -45,
          dy: -away,
          fontSize,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
        Plot.dot(points, {
          x,
          y,
          r: ({school}: Point) => computeRadius(school.measures.all_teachers_count, isWide),
          fill: 'currentColor',
          fillOpacity: 0.32,
          stroke: 'currentColor',
          strokeWidth: 0.6,
          sort: null,
          className: 'points',
          title: ({school}: Point) => `${school.school_name}: ${axes.describe(school.measures)}`,
        }),
        Plot.dot(
          named.map(({point}) => point),
          {
            x,
            y,
            r: ({school}: Point) => computeRadius(school.measures.all_teachers_count, isWide) + 1,
            stroke: 'currentColor',
            strokeWidth: 1.8,
          },
        ),
        name('start'),
        name('end'),
      ],
    },
    {alt, isSample},
  );
}

interface Named {
  point: Point;
  text: string;
  anchor: 'start' | 'end';
}

/** Finds the schools whose names have room beside their dots, and on which side. */
function placeNames(
  points: readonly (Point | undefined)[],
  {width, toX, toY, fontSize}: {width: number; toX: Scale; toY: Scale; fontSize: number},
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
