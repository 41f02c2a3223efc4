import type {BuildFacts} from '../../src/report/build-facts.ts';
import type {GroupFigures, Representation, Sums} from '../../src/report/organizations.ts';
import type {SchoolMeasures} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatDecimal, formatRatio, formatShare, formatSigned, joinWords} from '../../src/words/format.ts';
import {findMedian} from '../../src/words/median.ts';
import type {Drawing} from '../charts/draw.ts';
import {drawStrip} from '../charts/strip.ts';
import {remember} from '../remember.ts';

/** The organization of a page, as sentences name it. */
export interface Subject {
  /** "the school", "the district’s schools" */
  name: string;
  /** What it is compared with: `elementary schools`. */
  peers: string;
}

export interface DescribedMeasure {
  name: string;
  column: string;
  method: string;
  value: string;
  meaning: string;
  range?: string | undefined;
  place?: {drawing: Drawing; sentence: string} | undefined;
}

interface MeasureDefinition {
  name: string;
  column: keyof Representation;
  method: string;
  show(value: number): string;
  meaning(measures: Representation, subject: Subject, groups: readonly GroupFigures[]): string;
  /** What hiring of the same kind could as well have given. Only schools have it. */
  range?(measures: Partial<SchoolMeasures>): string | undefined;
  /** The scale on which it is drawn among its peers; undefined if a comparison says nothing. */
  scale?: {domain: [number, number]; ends: [string, string]; parity?: {at: number; name: string}};
}

type Bound = number | null | undefined;

function describeRange(low: Bound, high: Bound, show: (value: number) => string): string | undefined {
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  return `Hiring of the same kind could as well have given ${show(low)} to ${show(high)}.`;
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
      `${formatCount(part)} of ${formatCount(all)} teachers are of color.${open ? ` The race of ${formatCount(open)} is not provided. If all of them were of color, the share would be ${formatShare(high)}.` : ''}`,
    range: ({teachers_of_color_share_chance_low: low, teachers_of_color_share_chance_high: high}) =>
      describeRange(low, high, (value) => formatShare(value, 0)),
    scale: {domain: [0, 1], ends: ['0%', '100%']},
  },
  {
    name: 'Gap',
    column: 'gap_pp',
    method: 'gap',
    show: (value) => formatSigned(value),
    meaning: ({gap_pp: gap, teachers_of_color_share: teachers, students_of_color_share: students}) =>
      `The share of teachers of color (${formatShare(teachers)}) minus the share of students of color (${formatShare(students)}), in percentage points. ${
        gap !== null && gap < 0
          ? 'Below 0, the teachers’ share is smaller.'
          : 'At 0 or above, the teachers’ share is as large or larger.'
      }`,
    range: ({gap_pp_chance_low: low, gap_pp_chance_high: high}) =>
      describeRange(low, high, (value) => formatSigned(value, 0)),
    scale: {domain: [-100, 40], ends: ['−100', '+40 or more'], parity: {at: 0, name: 'parity'}},
  },
  {
    name: 'Parity ratio',
    column: 'parity_ratio',
    method: 'ratio',
    show: formatRatio,
    meaning: ({parity_ratio: value}) =>
      value !== null && value < 1
        ? `The share of teachers of color is ${formatShare(value, 0)} of the share of students of color. A ratio of 1 is parity.`
        : 'The share of teachers of color, divided by the share of students of color. A ratio of 1 is parity.',
    range: ({parity_ratio_chance_low: low, parity_ratio_chance_high: high}) => describeRange(low, high, formatRatio),
    scale: {domain: [0, 1.5], ends: ['0', '1.5 or more'], parity: {at: 1, name: 'parity'}},
  },
  {
    name: 'Students of color per teacher of color',
    column: 'students_of_color_per_teacher_of_color',
    method: 'per-teacher',
    show: (value) => formatDecimal(value),
    meaning: ({students_of_color_per_teacher_of_color: value}) =>
      `There are ${formatDecimal(value, 0)} students of color for each teacher of color.`,
    scale: {domain: [0, 200], ends: ['0', '200 or more']},
  },
  {
    name: 'Overlap',
    column: 'overlap',
    method: 'overlap',
    show: formatRatio,
    meaning: ({overlap: value}) =>
      `Race by race, ${formatShare(value, 0)} of the teachers’ and the students’ make-up coincides. At 1, the two make-ups would be the same.`,
    scale: {domain: [0, 1], ends: ['0', '1']},
  },
  {
    name: 'Groups without a teacher',
    column: 'groups_without_a_teacher',
    method: 'groups-without',
    show: (value) => formatCount(value),
    meaning: (_measures, _subject, groups) => {
      const withTeachers = (count: number) =>
        groups
          .filter(
            ({category_type, student_count, teacher_count}) =>
              category_type === 'race_ethnicity' && (student_count ?? 0) > 0 && teacher_count === count,
          )
          .map(({short_name, student_count}) => `${short_name} (${formatCounted(student_count ?? 0, 'student')})`);
      const [none, one] = [withTeachers(0), withTeachers(1)];
      return [
        none.length === 0
          ? 'Every race with students has at least one teacher.'
          : `There are students but no teacher in: ${joinWords(none)}.`,
        ...(one.length === 0 ? [] : [`There is one teacher in: ${joinWords(one)}.`]),
      ].join(' ');
    },
  },
  {
    name: 'Teachers to parity',
    column: 'teachers_to_parity',
    method: 'to-parity',
    show: (value) => formatCount(value),
    meaning: ({teachers_to_parity: value, all_teachers_count: all}) =>
      value === 0
        ? 'The teachers’ share has reached the students’ share.'
        : `${formatCount(value)} more of the ${formatCount(all)} teachers would have to be of color for the two shares to be equal.`,
  },
];

/** Describes the measures that are known, each with its place among the peers. */
export function describeMeasures(
  {report}: {report: {build: Pick<BuildFacts, 'isSample'>}},
  measures: Representation,
  groups: readonly GroupFigures[],
  peers: readonly Representation[],
  subject: Subject,
): DescribedMeasure[] {
  return definitions.flatMap(({name, column, method, show, meaning, range, scale}) => {
    const own = measures[column];
    if (typeof own !== 'number') return [];
    const among = rankPeers(peers).get(column);
    const place =
      scale && among && among.values.length > 4
        ? describePlace(own, among, {...scale, isSample: report.build.isSample}, name, show, subject)
        : undefined;
    return {
      name,
      column,
      method,
      value: show(own),
      meaning: meaning(measures, subject, groups),
      range: range?.(measures),
      place,
    };
  });
}

/** Lists the known values of each measure among peers, with their median. */
const rankPeers = remember(
  (peers: readonly Representation[]) =>
    new Map(
      definitions.map(({column}) => {
        const values = peers.map((peer) => peer[column]).filter((value) => typeof value === 'number');
        return [column, {values, median: findMedian(values)}];
      }),
    ),
);

function describePlace(
  own: number,
  {values, median}: {values: readonly number[]; median: number | undefined},
  scale: NonNullable<MeasureDefinition['scale']> & {isSample: boolean},
  name: string,
  show: (value: number) => string,
  {peers}: Subject,
) {
  let lower = 0;
  // The organization itself doesn't count.
  let same = -1;
  for (const value of values) {
    if (value < own) lower++;
    else if (value === own) same++;
  }
  const higher = values.length - 1 - lower - Math.max(0, same);
  const sentence = `Among ${values.length} ${peers}, ${lower} ${lower === 1 ? 'is' : 'are'} lower and ${higher} ${higher === 1 ? 'is' : 'are'} higher${same > 0 ? `; ${same} ${same === 1 ? 'is' : 'are'} the same` : ''}. The median is ${show(median ?? own)}.`;
  return {drawing: drawStrip(values, own, {...scale, alt: `${name}: ${show(own)}. ${sentence}`}), sentence};
}

/** Describes the measures that only a sum of schools has. */
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
            meaning: `In ${name}, the average student of color goes to a school where ${formatShare(exposure)} of the teachers are of color.`,
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
                ? 'Every student of color goes to a school that has a teacher of color.'
                : `${formatCounted(without ?? 0, 'student')} of color ${without === 1 ? 'goes to a school that has' : 'go to schools that have'} no teacher of color.`,
          },
        ]),
  ];
}
