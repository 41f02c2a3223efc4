import {formatCounted} from './count.ts';
import type {Thresholds} from './thresholds.ts';

type Row = Readonly<Record<string, unknown>>;

/** Lists the marks of a row: a star if its figures rest on few people, a dagger if it is the rank of a small school. */
export function listMarks({is_small, is_rank_small}: Row): string[] {
  return [...(is_small === true ? ['*'] : []), ...(is_rank_small === true ? ['†'] : [])];
}

/** Explains the star beside a figure. */
export function explainStar({smallNumber}: Pick<Thresholds, 'smallNumber'>): string {
  return `* rests on fewer than ${smallNumber} people; read it with care.`;
}

/** Explains the marks that rows have, in a sentence each. */
export function explainMarks(rows: readonly Row[], thresholds: Thresholds): string[] {
  const marks = new Set(rows.flatMap(listMarks));
  const [first = {}] = rows;
  const few = formatSize({
    minStudents: 'all_students_count' in first ? thresholds.rankMinStudents : undefined,
    minTeachers: 'all_teachers_count' in first ? thresholds.rankMinTeachers : undefined,
  });
  return [
    ...(marks.has('*') ? [explainStar(thresholds)] : []),
    ...(marks.has('†')
      ? [`† ranks a school with fewer than ${few.join(' or ')}; one person more or less changes it.`]
      : []),
  ];
}

/** The least students and teachers that a school must have to be in an answer. */
export interface Size {
  minStudents?: number | undefined;
  minTeachers?: number | undefined;
}

/** Formats a size: `30 students`, `10 teachers`. */
export function formatSize({minStudents, minTeachers}: Size): string[] {
  return [
    ...(minStudents === undefined ? [] : [formatCounted(minStudents, 'student')]),
    ...(minTeachers === undefined ? [] : [formatCounted(minTeachers, 'teacher')]),
  ];
}

/** Names the schools that tie with the last one of a list; undefined if none do. */
export function describeTies([row]: readonly Row[]): string | undefined {
  const more = Number(row?.['tied_beyond'] ?? 0);
  if (more === 0) return undefined;
  return `${formatCounted(more, 'more school has', 'more schools have')} the same value as the last one listed: ${row?.['tied_schools']}.`;
}

/** Counts the schools of a ranking that are among the first with a probability of 80% or more. */
export function countLikely(rows: readonly Row[]): number {
  return rows.filter(({top_probability: probability}) => typeof probability === 'number' && probability >= 0.8).length;
}
