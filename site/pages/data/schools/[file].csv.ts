import type {APIRoute, GetStaticPaths} from 'astro';
import {stringify} from 'csv-stringify/sync';
import type {School} from '../../../../src/report/schools.ts';
import {marked} from '../../../downloads.ts';
import {report} from '../../../report.ts';

/** The rows of `school_representation_by_group` of one school, for whoever looks at just that one. */
export const getStaticPaths = (() =>
  report.schools.map((school) => ({
    params: {file: marked(school.school_id)},
    props: {school},
  }))) satisfies GetStaticPaths;

export const GET: APIRoute<{school: School}> = ({props: {school}}) => {
  const {school_id, school_name, district_name} = school;
  const rows = school.groups.map((group) => ({
    ...(report.build.isSample && {is_sample: true}),
    school_year: report.schoolYear,
    school_id,
    school_name,
    district_name,
    ...group,
  }));
  return new Response(stringify(rows, {header: true, cast: {boolean: String}}));
};
