import type {GroupFigures} from '../../src/report/organizations.ts';
import {formatCount, formatShare} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, drawMissing, frameChart, missingText, missingWidth} from './draw.ts';
import {fitText, measureText} from './letters.ts';
import {addEdge, traceLine, writeBar, writeGroup, writeLines, writeText} from './marks.ts';

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
  const height = top + band * rows.length;
  const placed = rows.map((row, index) => ({...row, y: top + band * index}));
  // Where each side ends: its bar, or the strokes in its place.
  const toLeft = (share: number | null) => left - (share === null ? missingWidth : share * perShare);
  const toRight = (share: number | null) => left + (share === null ? missingWidth : share * perShare);
  const drawBar = (end: number, y: number) => writeBar([left, end], y + 20, 18);
  const head = {'font-weight': 700, 'font-size': 14.5};
  const marks = [
    writeGroup(
      placed.map(({student_share, y}) => drawBar(toLeft(student_share ?? 0), y)),
      {fill: 'var(--students)'},
    ),
    writeGroup(
      placed.map(({teacher_share, y}) => drawBar(toRight(teacher_share ?? 0), y)),
      {fill: 'var(--teachers)'},
    ),
    writeGroup(
      placed.map(({student_share, y}) => ((student_share ?? 0) > 0 ? drawBar(toRight(student_share), y) : '')),
      {fill: 'none', stroke: 'var(--students)', 'stroke-dasharray': '3 2', 'stroke-width': 1.25},
    ),
    writeLines([traceLine(left, top, left, height)], {stroke: 'currentColor'}),
    writeGroup(
      placed.map(({short_name, y}) => writeText(left, y + 10, fitText(short_name, 2 * Math.min(left, width - left)))),
      addEdge(5),
    ),
    drawMissing(
      placed.flatMap(({student_share, teacher_share, y}) => [
        ...(student_share === null ? [[left - missingWidth - 1, y + 29] as const] : []),
        ...(teacher_share === null ? [[left + 1, y + 29] as const] : []),
      ]),
    ),
    writeGroup(
      placed.map(({student_share, student_count, y}) =>
        writeText(toLeft(student_share) - 6, y + 29, named(student_share, student_count)),
      ),
      {fill: 'var(--students)', 'text-anchor': 'end', ...addEdge(3)},
    ),
    writeGroup(
      placed.map(({student_share, teacher_share, teacher_count, y}) =>
        writeText(
          Math.max(toRight(teacher_share), toRight(student_share ?? 0)) + 6,
          y + 29,
          named(teacher_share, teacher_count),
        ),
      ),
      {fill: 'var(--teachers)', 'text-anchor': 'start', ...addEdge(3)},
    ),
    writeText(left - 10, 14, 'Students', {'text-anchor': 'end', fill: 'var(--students)', ...head}),
    writeText(left + 10, 14, 'Teachers', {'text-anchor': 'start', fill: 'var(--teachers)', ...head}),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
