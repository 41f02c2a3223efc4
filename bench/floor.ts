import {mkdir, readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';

/*
 * node bench/floor.ts LANDING MODELS.sql FOLDER [FORMAT]
 *
 * The floor under a run: DuckDB alone reads the landed files of bench/states.ts, pivots them, writes the raw tables to a lake and a
 * warehouse, and builds the models. It trusts its input: it checks, tests and rejects nothing, hashes no file and records no step.
 * MODELS.sql holds the compiled seeds and models, so that both sides join alike; `npm run bench` asserts that both end in the same
 * tables before it times them. FORMAT is the oldest DuckDB version that can read the file; by default, DuckDB chooses.
 */

const [landing = '', models = '', folder = '', format = ''] = process.argv.slice(2);
await rm(folder, {recursive: true, force: true});
await mkdir(folder, {recursive: true});
const instance = await DuckDBInstance.create(
  join(folder, 'warehouse.duckdb'),
  format === '' ? {} : {storage_compatibility_version: format},
);
const db = await instance.connect();

/** Returns a query of a source's landed rows, each with its file and line. */
async function selectLanded(source: string, options = ''): Promise<string> {
  const names = (await readdir(join(landing, source), {recursive: true})).filter((name) => name.endsWith('.gz')).sort();
  const paths = names.map((name) => `'${join(landing, source, name)}'`).join(', ');
  return `(
    select *, regexp_extract(filename, '([0-9a-f]{64})', 1) as landed_sha256,
      nth - min(nth) over (partition by filename) + 2 as line_number
    from (select *, row_number() over () as nth
      from read_csv([${paths}], filename = true, nullstr = ['', 'NULL'] ${options}))
  )`;
}
const status = (count: string) => `case when ${count} is null then 'missing' else 'value' end`;
const codes = (...columns: string[]) => `, types = {${columns.map((column) => `'${column}': 'varchar'`).join(', ')}}`;

await db.run('create schema raw; create schema audit');
const enrollment = await selectLanded(
  'ospi-enrollment',
  codes('ESDOrganizationID', 'DistrictCode', 'DistrictOrganizationId', 'SchoolCode', 'SchoolOrganizationid'),
);
await db.run(`create temp table enrollment as from ${enrollment}`);
await db.run(`create table raw.ospi_enrollment_row as
  select SchoolYear as school_year, landed_sha256, line_number, lower(OrganizationLevel) as organization_level, County as county,
    ESDName as esd_name, ESDOrganizationID as esd_organization_id, DistrictCode as district_code, DistrictName as district_name,
    DistrictOrganizationId as district_organization_id, SchoolCode as school_code, SchoolName as school_name,
    SchoolOrganizationid as school_organization_id, CurrentSchoolType as current_school_type, GradeLevel as grade_level,
    cast(null as varchar) as suppression_note, cast(DataAsOf as date) as data_as_of
  from enrollment`);
await db.run(`create table raw.ospi_enrollment as
  select school_year, landed_sha256, line_number, demographic_label, cast(n as integer) as student_count,
    ${status('n')} as student_count_status, cast(n as integer) as printed_student_count
  from (
    unpivot (
      select SchoolYear as school_year, landed_sha256, line_number,
        * exclude (SchoolYear, landed_sha256, line_number, OrganizationLevel, County, ESDName, ESDOrganizationID, DistrictCode,
          DistrictName, DistrictOrganizationId, SchoolCode, SchoolName, SchoolOrganizationid, CurrentSchoolType, GradeLevel,
          DataAsOf, filename, nth) rename (FosterCare as Foster_Care, Non_FosterCare as Non_Foster_Care)
      from enrollment
    ) on columns(* exclude (school_year, landed_sha256, line_number)) into name demographic_label value n
  )`);
const teachers = await selectLanded(
  'ospi-teachers',
  codes(
    ...['RowID', 'OrganizationID', 'ESDOrganizationID', 'DistrictCode', 'DistrictOrganizationID', 'SchoolCode'],
    ...['SchoolOrganizationID', 'DemographicCategoryID', 'IsEEValidated'],
  ),
);
await db.run(`create table raw.ospi_teachers as
  select SchoolYear as school_year, landed_sha256, line_number, RowID as publisher_row_id,
    lower(OrganizationLevel) as organization_level, cast(null as varchar) as organization_level_id,
    OrganizationID as organization_id, cast(null as varchar) as organization_name, County as county, ESDName as esd_name,
    ESDOrganizationID as esd_organization_id, DistrictCode as district_code, DistrictName as district_name,
    DistrictOrganizationID as district_organization_id, SchoolCode as school_code, SchoolName as school_name,
    SchoolOrganizationID as school_organization_id, CurrentSchoolType as current_school_type,
    cast(TeacherTotalCount as integer) as teacher_total_count, ${status('TeacherTotalCount')} as teacher_total_count_status,
    DemographicCategoryType as demographic_category_type, DemographicCategoryID as demographic_category_id,
    DemographicCategory as demographic_label, cast(TeacherCount as integer) as teacher_count,
    ${status('TeacherCount')} as teacher_count_status, cast(TeacherPercent as double) as teacher_share,
    cast(SumYearsExperience as double) as years_of_experience_sum, cast(AvgYearsExperience as double) as years_of_experience_average,
    cast(MAPlusCount as double) as masters_or_higher_count, cast(MAPlusPercent as double) as masters_or_higher_share,
    IsEEValidated as is_educator_equity_validated, cast(null as varchar) as suppression_note, cast(DataAsOf as date) as data_as_of
  from ${teachers}`);
await db.run(`create table raw.school_list as
  select printf('%d-%02d', AcademicYear - 1, AcademicYear % 100) as school_year, landed_sha256, line_number,
    SchoolCode as school_code, DistrictCode as district_code, dRoadMapRegionFlag = 1 as is_in_region,
    ElementarySchoolFlag = 1 as is_elementary, MiddleSchoolFlag = 1 as is_middle, HighSchoolFlag = 1 as is_high,
    cast(null as varchar) as street_address, cast(null as varchar) as city, cast(null as varchar) as state,
    cast(null as varchar) as zip, cast(null as double) as latitude, cast(null as double) as longitude
  from ${await selectLanded('school-list', codes('SchoolCode', 'DistrictCode'))}`);
// Only a run knows where the rows are from and what was corrected.
await db.run(`
  create table raw.source_partition as
    select source_id, school_year, landed_sha256, count(*) as rows_in, count(*) as rows_loaded, cast(0 as bigint) as rows_rejected,
      false as is_preliminary
    from (
      select 'ospi-enrollment' as source_id, school_year, landed_sha256 from raw.ospi_enrollment_row
      union all select 'ospi-teachers', school_year, landed_sha256 from raw.ospi_teachers
      union all select 'school-list', school_year, landed_sha256 from raw.school_list
    ) group by all;
  create table raw.landed_file as
    select distinct landed_sha256, source_id, '' as file_name, '' as origin, cast(0 as bigint) as bytes,
      cast(null as timestamp) as published_at, false as is_sample, cast(null as varchar) as note
    from raw.source_partition;
  create table raw.correction (correction_id varchar, source_id varchar, action varchar, district_code varchar, what varchar,
    reason varchar, reference varchar);
  insert into raw.correction values
    ('zero-twins', 'ospi-enrollment', 'set_aside_zero_twins', null, '', '', ''),
    ('esd-121-as-a-district', 'ospi-enrollment', 'not_a_district', '%801', '', '', '')`);
const years = (await db.runAndReadAll('select distinct school_year from raw.ospi_teachers order by 1'))
  .getRows()
  .flat();
for (const table of ['ospi_enrollment', 'ospi_enrollment_row', 'ospi_teachers', 'school_list']) {
  await mkdir(join(folder, table));
  for (const year of years) {
    await db.run(`copy (from raw.${table} where school_year = '${year}')
      to '${join(folder, table, `${year}.parquet`)}' (format parquet, compression zstd)`);
  }
}
await db.run(await readFile(models, 'utf8'));
await db.run('checkpoint');
db.closeSync();
instance.closeSync();
