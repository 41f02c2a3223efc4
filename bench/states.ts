import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {findFlags, isOpen, schools as sampleSchools} from '../sample/schools.ts';
import {type Database, identifier, literal, open} from '../src/duckdb/database.ts';
import {projectFolder} from '../src/project-folder.ts';

/*
 * node bench/states.ts FOLDER [--states 50] [--years 10] [--schools 2000] [--seed 1]
 *
 * Writes the files of a publisher of many states: enrollment and teachers for each school year, and a list of schools. They repeat
 * the sample's six districts, under new codes and names, until each state has enough schools. All of it is invented, and each name
 * says so. A district's figures are the sample's times 1, 2 or 3, so that sums still add up. The list is of the first state. The same
 * options make the same bytes.
 */

export interface Size {
  states: number;
  years: number;
  /** Schools in a state, rounded up to whole copies of the sample. */
  schools: number;
  /** Decides the factors of the figures. */
  seed: number;
}

/** A file of the sample, and which of its columns are figures to multiply. */
interface Original {
  file: string;
  title: string;
  isFigure(column: string): boolean;
}

// These files have no defects, except that two schools have no teachers.
const originals: Original[] = [
  {
    file: 'Report_Card_Enrollment_2018-19_School_Year.csv',
    title: 'Report_Card_Enrollment',
    isFigure: (column) => !/^(School|Organization|County|ESD|District|Current|Grade|DataAsOf)/.test(column),
  },
  {
    file: 'Report_Card_Teacher_Demographics_2020-21_School_Year.csv',
    title: 'Report_Card_Teacher_Demographics',
    isFigure: (column) => /Count$|^Sum/.test(column),
  },
];
const lastYear = 2022;

/** Writes the files into a folder. */
export async function writeStates(folder: string, size: Size): Promise<void> {
  await mkdir(folder, {recursive: true});
  const years = Array.from({length: size.years}, (_, before) => lastYear - before).reverse();
  const db = await open();
  for (const original of originals) {
    await readOriginal(db, original);
    for (const year of years) {
      const path = join(folder, `${original.title}_${formatSchoolYear(year)}_School_Year.csv`);
      await db.run(`copy (${await selectRows(db, original, year, size)}) to ${literal(path)} (format csv, header)`);
    }
  }
  await db.run(
    `copy (${selectSchoolList(size)}) to ${literal(join(folder, 'SchoolList.txt'))} (format csv, header, delimiter '\\t')`,
  );
  db.close();
}

function formatSchoolYear(year: number): string {
  return `${year}-${String((year + 1) % 100).padStart(2, '0')}`;
}

/** Reads the sample's districts and schools, each row with the number of its district, from 0. */
async function readOriginal(db: Database, {file}: Original): Promise<void> {
  await db.run(`create or replace table original as
    select *, dense_rank() over (order by DistrictCode) - 1 as district, row_number() over () as line
    from read_csv(${literal(join(projectFolder, 'sample/files', file))}, all_varchar = true, header = true, nullstr = 'NULL')
    where OrganizationLevel in ('District', 'School')`);
}

const districts = new Set(sampleSchools.map(({district}) => district.code));

/** Returns a query of the states and their copies of the sample. */
function selectCopies({states, schools}: Size): string {
  const times = Math.ceil(schools / sampleSchools.length);
  return `(select state, copy from range(1, ${states + 1}) as states(state), range(${times}) as copies(copy))`;
}

/** The code of a district: two digits for its state, three for itself. */
const districtCode = `printf('%02d%03d', state, copy * ${districts.size} + district)`;

/** Returns the query of one year's file. */
async function selectRows(db: Database, {isFigure}: Original, year: number, size: Size): Promise<string> {
  const named = (name: string) => `${name} || ' ' || ${districtCode} || ' (invented)'`;
  const replaced: Record<string, string> = {
    // After the final release of every year, so that no figure is preliminary.
    DataAsOf: "'2024-01-15'",
    SchoolYear: literal(formatSchoolYear(year)),
    County: "printf('State %02d (invented)', state)",
    ESDName: "printf('Districts of state %02d (invented)', state)",
    ESDOrganizationID: "printf('9%02d', state)",
    DistrictCode: districtCode,
    DistrictName: named("replace(DistrictName, ' (sample)', '')"),
    SchoolName: `case OrganizationLevel when 'School' then ${named('SchoolName')} else SchoolName end`,
  };
  const columns = (await db.query('select * exclude (district, line) from original limit 0')).columns;
  const times = `1 + cast(md5_number(concat_ws(' ', ${size.seed}, ${year}, state, copy, district)) % 3 as integer)`;
  const selected = columns.map((column) => {
    const name = identifier(column);
    const value = isFigure(column) ? `cast(${name} as decimal(12, 1)) * (${times})` : (replaced[column] ?? name);
    return `${isFigure(column) ? `rtrim(rtrim(cast(${value} as varchar), '0'), '.')` : value} as ${name}`;
  });
  return `select ${selected.join(', ')} from ${selectCopies(size)}, original order by state, copy, line`;
}

/**
 * Returns the query of the school list: the sample's schools in the region, in each copy of the first state. A region is no larger
 * than a state, and schools like each other are looked for in every pair of a region's schools.
 */
function selectSchoolList(size: Size): string {
  const codes = [...districts].sort();
  const listed = sampleSchools
    .filter((school) => school.inRegion && isOpen(school, '2018-19'))
    .map((school) => {
      const flags = findFlags(school);
      const {elementary, middle, high} = flags;
      const values = [elementary, middle, high].map((flag) => (flag ? 1 : 0));
      return `(${codes.indexOf(school.district.code)}, ${literal(school.code)}, ${values.join(', ')})`;
    });
  return `select ${lastYear + 1} as AcademicYear, code as SchoolCode, ${districtCode} as DistrictCode, 1 as dRoadMapRegionFlag,
      elementary as ElementarySchoolFlag, middle as MiddleSchoolFlag, high as HighSchoolFlag
    from ${selectCopies(size)}, (values ${listed.join(', ')}) as listed(district, code, elementary, middle, high)
    where state = 1 order by state, copy, code`;
}

if (import.meta.main) {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      states: {type: 'string', default: '50'},
      years: {type: 'string', default: '10'},
      schools: {type: 'string', default: '2000'},
      seed: {type: 'string', default: '1'},
    },
  });
  const [folder] = positionals;
  const size = {
    states: Number(values.states),
    years: Number(values.years),
    schools: Number(values.schools),
    seed: Number(values.seed),
  };
  if (folder === undefined) throw new Error('Give the folder to write the files to.');
  await writeStates(folder, size);
}
