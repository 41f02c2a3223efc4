import * as v from 'valibot';
import type {Build} from '../builds/find.ts';
import {openBuild} from '../builds/published.ts';
import {exit} from '../failure.ts';
import {isPlausible} from '../incoming/finding.ts';
import type {Incoming} from '../incoming/incoming.ts';
import {formatCount} from '../words/format.ts';
import {ContractFailure} from './refuse.ts';

const total = v.object({schoolYear: v.string(), students: v.nullable(v.number()), teachers: v.nullable(v.number())});

/**
 * Checks the totals of the school years that the catalogue alone knows against the year before.
 *
 * @throws ContractFailure if one has less than half or more than twice as many students or teachers
 */
export async function assertTotalsPlausible(build: Build, incoming: readonly Incoming[]): Promise<void> {
  const found = incoming.filter(({why, schoolYears}) => why !== undefined && schoolYears.length === 1);
  if (found.length === 0) return;
  const db = await openBuild(build);
  const totals = await db
    .read(
      total,
      `select school_year as "schoolYear", sum(all_students_count)::bigint as students, sum(all_teachers_count)::bigint as teachers
        from marts.region_representation group by school_year order by school_year`,
    )
    .finally(() => db.close());
  const wrong = found.flatMap(({source, schoolYears: [year], sha256}) => {
    const subject = source.subject === 'teachers' ? 'teachers' : 'students';
    const index = totals.findIndex(({schoolYear}) => schoolYear === year);
    const [now, before] = [totals[index]?.[subject], totals[index - 1]?.[subject]];
    if (sha256 === null || !now || !before || isPlausible(now, before)) return [];
    const why = `the region has ${formatCount(now)} ${subject}, where ${totals[index - 1]?.schoolYear} has ${formatCount(before)}`;
    return [{sha256, why}];
  });
  if (wrong.length === 0) return;
  const reasons = wrong.map(({why}) => why).join('; ');
  throw new ContractFailure(`${reasons}. The published build is unchanged.`, wrong, exit.failed);
}
