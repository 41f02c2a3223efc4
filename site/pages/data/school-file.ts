import type {School} from '../../../src/report/schools.ts';
import {formatCsv} from '../../../src/words/csv.ts';
import {createMarkColumns} from '../../../src/words/marks.ts';
import type {PageContext} from '../../page-context.ts';

/** Writes the rows that `school_representation_by_group` has of one school, as CSV. */
export function writeSchoolFile({report}: PageContext, school: School): string {
  const {school_id, school_name, district_name} = school;
  const rows = school.groups.map(({short_name, adjective, ...figures}) => ({
    ...createMarkColumns(report.build),
    school_year: report.schoolYear,
    school_id,
    school_name,
    district_name,
    ...figures,
  }));
  const [first] = rows;
  return first === undefined ? '' : formatCsv(Object.keys(first), rows);
}
