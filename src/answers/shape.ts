import * as v from 'valibot';
import type {Database, Row} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import {filterYearAndRegion} from './regions.ts';

/** The columns that begin every answer for programs, as far as its rows are about a school or a district. */
const leading = [
  'school_year',
  'region_id',
  'school_id',
  'school_code',
  'school_name',
  'district_code',
  'district_name',
  'name',
];

const place = v.object({
  school_id: v.string(),
  school_code: v.string(),
  district_code: v.string(),
  district_name: v.nullable(v.string()),
});

const readPlaces = readOnce((db, schoolYear: string, region: string) =>
  db.read(
    place,
    `select school_id, school_code, district_code, district_name from marts.schools
      where ${filterYearAndRegion(schoolYear, region)}`,
  ),
);

/** An answer, and what it is about. */
interface Shaped {
  columns: readonly string[];
  rows: readonly Row[];
  schoolYear: string;
  region: string;
}

/** Gives an answer the shape of all answers for programs: the year, ids, codes and names first, then its own columns. */
export async function shapeAnswer(
  db: Database,
  {columns, rows, schoolYear, region}: Shaped,
): Promise<{columns: string[]; rows: Row[]}> {
  const places = await readPlaces(db, schoolYear, region);
  const schools = new Map(places.map((each) => [`${each.school_code} ${each.district_name}`, each]));
  const districts = new Map(places.map((each) => [each.district_name, each.district_code]));
  const isOfSchools = columns.includes('school_code');
  const added: readonly string[] = [
    'school_year',
    'region_id',
    ...(isOfSchools ? ['school_id', 'district_code'] : columns.includes('name') ? ['district_code'] : []),
  ];
  const all = [...leading.filter((name) => added.includes(name) || columns.includes(name)), ...columns];
  return {
    columns: [...new Set(all)],
    rows: rows.map((row) => {
      const school = schools.get(`${row['school_code']} ${row['district_name']}`);
      return {
        ...row,
        school_year: row['school_year'] ?? schoolYear,
        region_id: region,
        ...(isOfSchools && {school_id: school?.school_id ?? null}),
        ...(added.includes('district_code') && {
          district_code: school?.district_code ?? districts.get(String(row['name'])) ?? null,
        }),
      };
    }),
  };
}
