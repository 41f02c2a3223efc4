import type {Report} from '../src/report/report.ts';
import {remember} from './remember.ts';

/* Schools and districts of a report by what pages look them up by. */

export const schoolsById = remember((report: Report) => new Map(report.schools.map((each) => [each.school_id, each])));

export const districtsByCode = remember(
  (report: Report) => new Map(report.districts.map((each) => [each.district_code, each])),
);
