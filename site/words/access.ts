import type {Row} from '../../src/duckdb/database.ts';
import {formatShare, formatSigned} from '../../src/words/format.ts';
import type {PageContext} from '../page-context.ts';
import {remember} from '../remember.ts';
import {type Asked, findQuestion} from './find-question.ts';
import {findGroup} from './groups.ts';

/** Lists what the answer about access says of a district, or of the region: a row for each race with students. */
export function listAccess(context: Asked, name: string): Row[] {
  return rowsByName(findQuestion(context, 'access').rows).get(name) ?? [];
}

const rowsByName = remember((rows: readonly Row[]) =>
  Map.groupBy(
    rows.filter((row) => row['demographic_group_id'] !== 'of_color'),
    (row) => row['name'],
  ),
);

/** Formats a share as a number of a hundred. A share above 0 never reads as 0, nor one below 1 as 100. */
export function formatOfHundred(share: unknown): string {
  return formatShare(typeof share === 'number' ? share : null, 0)
    .replace('%', '')
    .replace('<', 'fewer than ')
    .replace('>', 'more than ');
}

/** Measures which share of the students, beyond what chance would give, has no teacher of their group at their school. */
export function measureShortfall(row: Row): number {
  return Number(row['no_teacher_student_share']) - Number(row['chance_no_teacher_student_share']);
}

/** Sorts groups by their shortfall, the largest first. */
export function sortByShortfall(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => measureShortfall(b) - measureShortfall(a));
}

const assigned = ['black_african_american', 'american_indian_alaskan_native', 'hispanic_latino'];

/**
 * Says of the three groups of the assignment how many students have no teacher of their group, the largest shortfall first; empty if
 * none has figures.
 */
export function describeAccess(rows: readonly Row[], context: PageContext): string {
  return sortByShortfall(rows.filter((row) => assigned.includes(String(row['demographic_group_id']))))
    .map((row, index) => {
      const {adjective} = findGroup(context, row);
      const none = formatOfHundred(row['no_teacher_student_share']);
      const chance = formatOfHundred(row['chance_no_teacher_student_share']);
      return index === 0
        ? `Of 100 ${adjective} students, ${none} are in a school without a ${adjective} teacher; if teachers were assigned at random within their district, ${chance} would be.`
        : `Of 100 ${adjective} students, ${none} are; at random, ${chance} would be.`;
    })
    .join(' ');
}

/** Says in a sentence how many students of a group have no teacher of their own, and how many would have none at random. */
export function describeGroupAccess(context: PageContext, row: Row): string {
  const {adjective} = findGroup(context, row);
  const [none, chance, parity] = ['no', 'chance_no', 'parity_no'].map((part) =>
    formatOfHundred(row[`${part}_teacher_student_share`]),
  );
  return `Of 100 ${adjective} students, ${none} are in a school without a ${adjective} teacher; at random within their district, ${chance} would be, and at parity ${parity}.`;
}

/** Lists the districts, and last the region, whose schools differ in their shares of teachers of color. */
export function listAssignment(context: PageContext): Row[] {
  return findQuestion(context, 'assignment').rows.filter(
    (row) => typeof row['dissimilarity_beyond_chance'] === 'number',
  );
}

/** A dissimilarity beyond chance that is nearer to 0 than this reads as 0. */
export const leastBeyondChance = 0.005;

/** Describes how the teachers of color are spread over the schools, and which part of the gap no move between schools closes. */
export function describeAssignment(row: Row): string {
  const number = (column: string) => Number(row[column]);
  const beyond = number('dissimilarity_beyond_chance');
  const spread =
    Math.abs(beyond) < leastBeyondChance
      ? 'The teachers of color are spread over the schools as a random assignment would spread them'
      : `The teachers of color are ${beyond > 0 ? 'more together at some schools' : 'spread more evenly over the schools'} than a random assignment would have them`;
  const [overall, between] = [number('overall_gap_pp'), number('between_schools_gap_pp')];
  const part =
    overall >= 0
      ? 'Over all schools together, the teachers of color are as many as parity asks for.'
      : `Over all schools together, the gap is ${formatSigned(overall)} points (of the teachers whose race is known). No move of a teacher between schools closes it: it is district-wide.`;
  const rest =
    between < 0.05
      ? 'No school has more teachers of color than parity asks for, so there is nothing to make up for between schools.'
      : `Beyond that, moves between schools could close at most ${formatSigned(between).replace('+', '')} points.`;
  return `${spread} (dissimilarity ${number('dissimilarity').toFixed(2)}, by chance ${number('dissimilarity_expected').toFixed(2)}; without chance ${formatSigned(beyond, 2)}, where 0 is chance and 1 complete separation). ${part} ${rest}`;
}
