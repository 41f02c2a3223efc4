import {stringify} from 'csv-stringify/sync';
import type {School} from '../../../src/report/schools.ts';
import {createMarkColumns} from '../../../src/words/marks.ts';
import {guardCell} from '../../../src/words/outgoing.ts';
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
  return stringify(rows, {header: true, cast: {boolean: String, string: guardCell}});
}
