import * as Plot from '@observablehq/plot';
import type {GroupFigures} from '../../src/report/organizations.ts';
import {formatCount, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawMissing, drawPlot, missingText, missingWidth} from './draw.ts';
import {fitText, measureText} from './letters.ts';

interface Options extends ChartLabel {
  width: number;
  /** Adds the counts to the shares, for schools with few people. */
  withCounts?: boolean;
}

/**
 * Draws one row for each group: students to the left of the line, teachers to the right. The outline on the right repeats the
 * students' bar. Where teachers reflect students, they fill it.
 */
export function drawMirror(
  groups: readonly GroupFigures[],
  {width, withCounts = false, alt, isSample}: Options,
): Drawing {
  const rows = groups.filter(({student_share, teacher_share}) => student_share !== null || teacher_share !== null);
  const students = Math.max(0, ...rows.map(({student_share}) => student_share ?? 0));
  const teachers = Math.max(students, ...rows.map(({teacher_share}) => teacher_share ?? 0));
  const named = (share: number | null, people: number | null) =>
    share === null
      ? missingText
      : withCounts && people !== null
        ? `${formatShare(share)} (${formatCount(people)})`
        : formatShare(share);
  const texts = rows.flatMap(({student_share, student_count, teacher_share, teacher_count}) => [
    named(student_share, student_count),
    named(teacher_share, teacher_count),
  ]);
  const room = Math.max(46, ...texts.filter((text) => text !== missingText).map((text) => measureText(text) + 8));
  // Each side keeps room for its heading and, beyond the strokes, for the words of a missing figure.
  const least = texts.includes(missingText) ? missingWidth + measureText(missingText) + 14 - room : 40;
  const across = width - 2 * room;
  const perShare = Math.min(across / Math.max(0.1, students + teachers), (across - least) / Math.max(0.1, teachers));
  const left = Math.max(students * perShare, least) + room;
  const band = 43;
  const top = 28;
  const y = (group: GroupFigures) => rows.indexOf(group);
  const bar = {y, insetTop: 20, insetBottom: 5};
  const value = {y, dy: 7.5, stroke: 'var(--paper)', strokeWidth: 3};
  const head = {x: 0, y: 0, dy: -(band / 2 + 14), fontWeight: 700, fontSize: 14.5};
  return drawPlot(
    {
      width,
      height: top + band * rows.length,
      margin: 0,
      marginTop: top,
      x: {domain: [-left / perShare, (width - left) / perShare], axis: null},
      y: {type: 'band', domain: rows.map((_, index) => index), axis: null, padding: 0},
      marks: [
        Plot.barX(rows, {
          ...bar,
          x1: 0,
          x2: ({student_share}: GroupFigures) => -(student_share ?? 0),
          fill: 'var(--students)',
        }),
        Plot.barX(rows, {
          ...bar,
          x1: 0,
          x2: ({teacher_share}: GroupFigures) => teacher_share ?? 0,
          fill: 'var(--teachers)',
        }),
        Plot.barX(
          rows.filter(({student_share}) => (student_share ?? 0) > 0),
          {
            ...bar,
            x1: 0,
            x2: 'student_share',
            fill: 'none',
            stroke: 'var(--students)',
            strokeDasharray: '3 2',
            strokeWidth: 1.25,
          },
        ),
        Plot.ruleX([0], {stroke: 'currentColor'}),
        Plot.text(rows, {
          y,
          x: 0,
          dy: -11.5,
          text: ({short_name}: GroupFigures) => fitText(short_name, 2 * Math.min(left, width - left)),
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 5,
        }),
        drawMissing(
          rows.filter(({student_share}) => student_share === null),
          (group, x, of) => [x(0) - missingWidth - 1, of(y(group)) + band / 2 + 7.5],
        ),
        drawMissing(
          rows.filter(({teacher_share}) => teacher_share === null),
          (group, x, of) => [x(0) + 1, of(y(group)) + band / 2 + 7.5],
        ),
        Plot.text(rows, {
          ...value,
          x: ({student_share}: GroupFigures) => -(student_share ?? missingWidth / perShare),
          text: ({student_share, student_count}: GroupFigures) => named(student_share, student_count),
          fill: 'var(--students)',
          textAnchor: 'end',
          dx: -6,
        }),
        Plot.text(rows, {
          ...value,
          x: ({student_share, teacher_share}: GroupFigures) =>
            Math.max(teacher_share ?? missingWidth / perShare, student_share ?? 0),
          text: ({teacher_share, teacher_count}: GroupFigures) => named(teacher_share, teacher_count),
          fill: 'var(--teachers)',
          textAnchor: 'start',
          dx: 6,
        }),
        Plot.text(['Students'], {...head, textAnchor: 'end', dx: -10, fill: 'var(--students)'}),
        Plot.text(['Teachers'], {...head, textAnchor: 'start', dx: 10, fill: 'var(--teachers)'}),
      ],
    },
    {alt, isSample},
  );
}
