import * as Plot from '@observablehq/plot';
import type {School} from '../../src/report/schools.ts';
import {formatCount, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';

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

/** Draws each school as a dot: students of color across, teachers of color up. On the diagonal the two shares are equal. */
export function drawScatter(
  points: readonly ComparedSchool[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const isWide = width > 400;
  const left = 34;
  const bottom = 40;
  const side = width - left - 6;
  const height = side + bottom + 8;
  const largestGap = points.toSorted((a, b) => a.gap - b.gap)[0];
  const smallestGap = points.toSorted((a, b) => Math.abs(a.gap) - Math.abs(b.gap))[0];
  const mostTeachers = points.toSorted((a, b) => b.teachers - a.teachers)[0];
  const named = keepApart([mostTeachers, largestGap, smallestGap]);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const x = (point: ComparedSchool) => point.students;
  const y = (point: ComparedSchool) => point.teachers;
  const isLeft = (point: ComparedSchool) => point.students > 0.5;
  const name = (anchor: 'start' | 'end') =>
    Plot.text(
      named.filter((point) => isLeft(point) === (anchor === 'end')),
      {
        x,
        y,
        text: ({school}: ComparedSchool) => school.school_name,
        textAnchor: anchor,
        dx: anchor === 'end' ? -9 : 9,
        fontSize: isWide ? 12.5 : 11.5,
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
      marginRight: 6,
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
        Plot.text(['Students of color →'], {
          x: 1,
          y: 0,
          dy: 30,
          textAnchor: 'end',
          fontWeight: 700,
          fill: 'var(--students)',
        }),
        Plot.text(['↑ Teachers of color'], {
          x: 0,
          y: 1,
          dx: 6,
          dy: 12,
          textAnchor: 'start',
          fontWeight: 700,
          fill: 'var(--teachers)',
        }),
        Plot.link([0], {x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'currentColor', strokeWidth: 1.5}),
        Plot.text(['Parity: the two shares are equal'], {
          x: isWide ? 0.62 : 0.56,
          y: isWide ? 0.62 : 0.56,
          rotate: -45,
          dy: -9,
          fontSize: isWide ? 12.5 : 11.5,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
        Plot.dot(points, {
          x,
          y,
          r: ({school}: ComparedSchool) => computeRadius(school.measures.all_teachers_count, isWide),
          fill: 'currentColor',
          fillOpacity: 0.32,
          stroke: 'currentColor',
          strokeWidth: 0.6,
          sort: null,
          className: 'points',
          title: ({school, students, teachers}: ComparedSchool) =>
            `${school.school_name}: students of color ${formatShare(students)}, teachers of color ${formatShare(teachers)} (${formatCount(school.measures.teachers_of_color_count)} of ${formatCount(school.measures.all_teachers_count)})`,
        }),
        Plot.dot(named, {
          x,
          y,
          r: ({school}: ComparedSchool) => computeRadius(school.measures.all_teachers_count, isWide) + 1,
          stroke: 'currentColor',
          strokeWidth: 1.8,
        }),
        name('start'),
        name('end'),
      ],
    },
    {alt, isSample},
  );
}

/** Keeps the schools whose names don't run into those of earlier ones. */
function keepApart(points: readonly (ComparedSchool | undefined)[]): ComparedSchool[] {
  const kept: ComparedSchool[] = [];
  for (const point of points) {
    if (point === undefined || kept.includes(point)) continue;
    if (kept.every((other) => Math.abs(other.teachers - point.teachers) > 0.06)) kept.push(point);
  }
  return kept;
}

/** Computes the radius of a dot whose area is the number of teachers. */
function computeRadius(teachers: number | null, isWide: boolean): number {
  return Math.sqrt(teachers ?? 1) * (isWide ? 0.62 : 0.42) + 0.8;
}
