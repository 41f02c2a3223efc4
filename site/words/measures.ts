import type {GroupFigures, Representation, Sums} from '../../src/report/organizations.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatDecimal, formatRatio, formatShare, formatSigned, joinWords} from '../../src/words/format.ts';
import type {Drawing} from '../charts/draw.ts';
import {drawStrip} from '../charts/strip.ts';
import type {PageContext} from '../page-context.ts';

/** Whoever a page is about, in a sentence. */
export interface Subject {
  /** "the school", "the district’s schools" */
  name: string;
  /** What it is compared with: "127 elementary schools". */
  peers: string;
}

export interface DescribedMeasure {
  name: string;
  column: string;
  method: string;
  value: string;
  meaning: string;
  range?: string;
  place?: {drawing: Drawing; sentence: string};
}

interface MeasureDefinition {
  name: string;
  column: keyof Representation;
  method: string;
  show(value: number): string;
  meaning(measures: Representation, subject: Subject, groups: readonly GroupFigures[]): string;
  range?(measures: Representation): string | undefined;
  /** How it is drawn among the peers; undefined where it says nothing to compare it. */
  scale?: {domain: [number, number]; ends: [string, string]; parity?: {at: number; name: string}};
}

const definitions: MeasureDefinition[] = [
  {
    name: 'Teachers of color',
    column: 'teachers_of_color_share',
    method: 'share',
    show: (value) => formatShare(value),
    meaning: ({
      teachers_of_color_count: part,
      all_teachers_count: all,
      teachers_not_provided_count: open,
      teachers_of_color_share_high: high,
    }) =>
      `${formatCount(part)} of ${formatCount(all)} teachers are of color.${open ? ` For ${formatCount(open)} the race is not provided; if all of them were of color, it would be ${formatShare(high)}.` : ''}`,
    range: ({teachers_of_color_share_ci_low: low, teachers_of_color_share_ci_high: high}) =>
      low === null || high === null
        ? undefined
        : `Seen from so many teachers, the share may lie anywhere from ${formatShare(low, 0)} to ${formatShare(high, 0)} (95% range).`,
    scale: {domain: [0, 1], ends: ['0%', '100%']},
  },
  {
    name: 'Gap',
    column: 'gap_pp',
    method: 'gap',
    show: (value) => formatSigned(value),
    meaning: ({gap_pp: gap, teachers_of_color_share: teachers, students_of_color_share: students}) =>
      `The share of color among the teachers (${formatShare(teachers)}) minus that among the students (${formatShare(students)}), in percentage points. ${
        gap !== null && gap < 0
          ? 'Below 0: fewer among the teachers.'
          : 'At 0 or above: as many among the teachers, or more.'
      }`,
    range: ({gap_pp_ci_low: low, gap_pp_ci_high: high}) =>
      low === null || high === null ? undefined : `95% range: ${formatSigned(low, 0)} to ${formatSigned(high, 0)}.`,
    scale: {domain: [-100, 40], ends: ['−100', '+40'], parity: {at: 0, name: 'parity'}},
  },
  {
    name: 'Parity ratio',
    column: 'parity_ratio',
    method: 'ratio',
    show: formatRatio,
    meaning: ({parity_ratio: value}) =>
      value !== null && value < 1
        ? `The share of color among the teachers is ${formatShare(value, 0)} of that among the students. 1 would be parity.`
        : 'The share of color among the teachers, divided by that among the students. 1 is parity.',
    range: ({parity_ratio_ci_low: low, parity_ratio_ci_high: high}) =>
      low === null || high === null ? undefined : `95% range: ${formatRatio(low)} to ${formatRatio(high)}.`,
    scale: {domain: [0, 1.5], ends: ['0', '1.5'], parity: {at: 1, name: 'parity'}},
  },
  {
    name: 'Students of color per teacher of color',
    column: 'students_of_color_per_teacher_of_color',
    method: 'per-teacher',
    show: (value) => formatDecimal(value),
    meaning: ({students_of_color_per_teacher_of_color: value}) =>
      `There are ${formatDecimal(value, 0)} students of color for each teacher of color.`,
    scale: {domain: [0, 200], ends: ['0', '200 and more']},
  },
  {
    name: 'Overlap',
    column: 'overlap',
    method: 'overlap',
    show: formatRatio,
    meaning: ({overlap: value}) =>
      `Taking each race by itself, ${formatShare(value, 0)} of the two make-ups coincides. 1 would be the same make-up.`,
    scale: {domain: [0, 1], ends: ['0', '1']},
  },
  {
    name: 'Groups without a teacher',
    column: 'groups_without_a_teacher',
    method: 'groups-without',
    show: (value) => formatCount(value),
    meaning: (_measures, _subject, groups) => {
      const without = groups.filter(
        ({category_type, student_count, teacher_count}) =>
          category_type === 'race_ethnicity' && (student_count ?? 0) > 0 && teacher_count === 0,
      );
      return without.length === 0
        ? 'Every race that has students has a teacher.'
        : `There are students and no teacher in: ${joinWords(without.map(({short_name}) => short_name))}.`;
    },
  },
  {
    name: 'Teachers to parity',
    column: 'teachers_to_parity',
    method: 'to-parity',
    show: (value) => formatCount(value),
    meaning: ({teachers_to_parity: value, all_teachers_count: all}) =>
      value === 0
        ? 'The teachers’ share has reached that of the students.'
        : `${formatCount(value)} more of the ${formatCount(all)} teachers would have to be of color for the two shares to be the same.`,
  },
];

/** The measures that are known, each with its place among the peers. */
export function describeMeasures(
  {report}: PageContext,
  measures: Representation,
  groups: readonly GroupFigures[],
  peers: readonly Representation[],
  subject: Subject,
): DescribedMeasure[] {
  return definitions.flatMap(({name, column, method, show, meaning, range, scale}) => {
    const own = measures[column];
    if (typeof own !== 'number') return [];
    const values = peers.map((peer) => peer[column]).filter((value) => typeof value === 'number');
    const among =
      scale && values.length > 4
        ? describePlace(own, values, {...scale, isSample: report.build.isSample}, name, show, subject)
        : undefined;
    const shownRange = range?.(measures);
    return {
      name,
      column,
      method,
      value: show(own),
      meaning: meaning(measures, subject, groups),
      ...(shownRange !== undefined && {range: shownRange}),
      ...(among && {place: among}),
    };
  });
}

function describePlace(
  own: number,
  values: readonly number[],
  scale: NonNullable<MeasureDefinition['scale']> & {isSample: boolean},
  name: string,
  show: (value: number) => string,
  {peers}: Subject,
) {
  const lower = values.filter((value) => value < own).length;
  const same = values.filter((value) => value === own).length - 1;
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? own;
  const sentence = `Among ${values.length} ${peers}: ${lower} lower, ${values.length - 1 - lower - Math.max(0, same)} higher${same > 0 ? `, ${same} the same` : ''}. The middle one: ${show(middle)}.`;
  return {drawing: drawStrip(values, own, {...scale, alt: `${name}: ${show(own)}. ${sentence}`}), sentence};
}

/** What only a sum of schools can say. */
export function describeSums(measures: Sums, name: string): DescribedMeasure[] {
  const {no_access_share: access, no_access_student_count: without, own_group_exposure: exposure} = measures;
  return [
    ...(exposure === null
      ? []
      : [
          {
            name: 'Own-group exposure',
            column: 'own_group_exposure',
            method: 'exposure',
            value: formatShare(exposure),
            meaning: `At the school of the average student of color in ${name}, ${formatShare(exposure)} of the teachers are of color.`,
          },
        ]),
    ...(access === null
      ? []
      : [
          {
            name: 'No access',
            column: 'no_access_share',
            method: 'no-access',
            value: formatShare(access),
            meaning:
              without === 0
                ? 'Every student of color is in a school that has a teacher of color.'
                : `${formatCounted(without ?? 0, 'student')} of color ${without === 1 ? 'is' : 'are'} in schools that have no teacher of color.`,
          },
        ]),
  ];
}
