import type {PageContext} from '../../page-context.ts';

/** Writes what a comparison of schools needs beyond the table: the make-up of each school. The page fetches it on demand. */
export function writeComparison({report}: PageContext): string {
  const races = report.groups.filter(({category_type}) => category_type === 'race_ethnicity');
  const share = (value: number | null | undefined) =>
    value === null || value === undefined ? null : Math.round(value * 1e4) / 1e4;
  const schools = report.schools.map((school) => [
    school.school_id,
    races.map(({demographic_group_id}) => {
      const group = school.groups.find((candidate) => candidate.demographic_group_id === demographic_group_id);
      return [share(group?.student_share), share(group?.teacher_share)];
    }),
  ]);
  return JSON.stringify({
    is_sample: report.build.isSample,
    groups: races.map(({short_name}) => short_name),
    schools: Object.fromEntries(schools),
  });
}
