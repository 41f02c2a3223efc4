import type {SchoolMeasures} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatRatio, formatShare, formatSigned} from '../../src/words/format.ts';
import type {DescribedMeasure} from './measures.ts';

/** The band of schools with fewer teachers than representation needs. */
export const tooFew = 'too few to tell';

/** Counts the schools whose teachers are closer to the students than a draw from the pool, of those that have a pool. */
export function countBeyondPool(points: readonly unknown[]): {beyond: number; known: number} {
  const known = points.filter((value) => typeof value === 'number');
  return {beyond: known.filter((value) => value > 0).length, known: known.length};
}

/** Describes how well the teachers represent the students of a school: never one figure without those beside it. */
export function describeRepresentation(measures: SchoolMeasures, smallNumber: number): DescribedMeasure[] {
  const {representation: own, representation_band: band, known_overlap: overlap, overlap_of_pool: ofPool} = measures;
  const {
    overlap_beyond_pool_pp: beyond,
    similar_schools_representation: similar,
    similar_school_count: like,
  } = measures;
  if (own === null || band === null) return [];
  const inWords =
    band === tooFew
      ? `With fewer than ${smallNumber} teachers whose race is known, it says too little to be read.`
      : `These teachers are ${band === 'far' || band === 'very far' ? `${band} from` : `${band} to`} the students.`;
  const beside =
    similar === null
      ? 'No other school of its types has similar students.'
      : `At schools like it (the same types, similar students: ${formatCounted(like ?? 0, 'other')}) the median is ${formatRatio(similar)}.`;
  return [
    {
      name: 'Representation',
      column: 'representation',
      method: 'representation',
      value: formatRatio(own),
      meaning: `${inWords} At 1, they would be as close as a random draw from the students. It corrects for the number of teachers, not for who the students are. ${beside}`,
    },
    ...(beyond === null
      ? []
      : [
          {
            name: 'Beyond the district’s teachers, points',
            column: 'overlap_beyond_pool_pp',
            method: 'pool',
            value: formatSigned(beyond),
            meaning: `Teachers drawn at random from the district’s schools of the same types would on average have ${formatShare(ofPool, 0)} of their make-up in common with these students. The school’s teachers have ${formatShare(overlap, 0)}.`,
          },
        ]),
  ];
}
