import {writeFile} from 'node:fs/promises';
import AdmZip from 'adm-zip';
import {DocProperties, Workbook} from 'wasm-xlsxwriter';
import {type Answer, answers, formatQuestion, representationByGroup} from '../answers/answers.ts';
import {type AnswerResult, ask, canAnswer, readCoverage, readNames} from '../answers/ask.ts';
import {formatOrigin, listOrigins} from '../answers/origins.ts';
import {chooseRegion} from '../answers/regions.ts';
import {listSources} from '../answers/source-files.ts';
import type {Database, Result, Row} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {formatFullHeading} from '../words/columns.ts';
import {collectDescriptions} from '../words/descriptions.ts';
import {capitalize, formatCount, formatDay, formatYears} from '../words/format.ts';
import {formatSize, listMarks} from '../words/rankings.ts';
import type {Thresholds} from '../words/thresholds.ts';
import {addCharts, chartsName} from './charts.ts';
import {createDataPackage, formatDescriptor, type PlacedTable} from './data-package.ts';
import {
  addSheet,
  addWorksheet,
  headerRow,
  lineWidths,
  linkToSheet,
  type Sheet,
  type SheetColumn,
  writeLine,
} from './sheet.ts';
import {writeSingleFile} from './single-file.ts';
import type {Build, Export} from './tables.ts';

interface WorkbookExport extends Export {
  /** The school year of the answers, chosen as by `rollcall answer`. */
  year: {wanted: string | undefined; usual: SchoolYear | undefined};
}

/** A sheet, or the reason why its question has no answer. */
type SheetOrProblem = Sheet | {name: string; title: string; problem: string};

/**
 * Writes an Excel workbook, with a descriptor beside it. It has a sheet about itself, charts, one for each question, the schools
 * and districts of every year, and the meaning of each column.
 */
export async function exportWorkbook(path: string, {db, build, tables, year}: WorkbookExport): Promise<void> {
  const names = await readNames(db);
  // A workbook covers one region, the first.
  const shown = await chooseRegion(db);
  const region = shown.region_id;
  const origins = listOrigins(build.inputs, ['enrollment', 'teachers', 'school_list'], build.schoolYears, shown);
  const describe = collectDescriptions(tables);
  const questions: SheetOrProblem[] = [];
  for (const answer of answers.flatMap((each) =>
    each.name === 'representation' ? [each, representationByGroup] : each,
  ))
    questions.push(await createQuestionSheet(db, answer, year, names, describe, build));
  const whole = await Promise.all(
    wholeTables.map(async ({sql, ...said}) => ({
      ...said,
      ...labelResult(await db.query(sql, {region}), names, describe),
      notes: ['Every school year; use the filters.', ...origins.map((origin) => `Source: ${formatOrigin(origin)}`)],
      sections: [],
      isSmall,
    })),
  );
  const sheets: SheetOrProblem[] = [...questions, ...whole];
  const written = sheets.filter((sheet) => 'rows' in sheet);

  const workbook = new Workbook();
  workbook.setProperties(
    new DocProperties().setTitle('Rollcall').setComment(`Build ${build.id}`).setAuthor('Rollcall'),
  );
  addAbout(workbook, sheets, build);
  const find = (name: string) => written.find((sheet) => sheet.name === name);
  addCharts(
    workbook,
    {schools: find('7d Representation'), ranking: find('7e 7f Teachers of color'), areas: find(areasName)},
    build,
  );
  for (const sheet of sheets) {
    if ('rows' in sheet) addSheet(workbook, sheet, build);
    else addWorksheet(workbook, sheet.name, sheet.title, build).writeString(headerRow - 1, 0, sheet.problem);
  }
  addSheet(workbook, createDefinitions(written), build);
  await writeSingleFile(
    path,
    (aside) => writeFile(aside, setDate(workbook.saveToBufferSync(), build.builtAt)),
    (file) =>
      formatDescriptor(
        createDataPackage(
          build,
          written.map((sheet) => placeSheet(sheet, file)),
        ),
      ),
  );
}

const areasName = 'Districts and region';

/** Tables with every school year, for readers who look beyond the questions. */
const wholeTables = [
  {
    name: 'Schools',
    title: 'The schools of the region, every school year',
    key: ['School year', 'School ID'],
    sql: 'select * exclude (region_id, district_id) from marts.schools where region_id = $region order by district_name, school_name, school_id, school_year',
  },
  {
    name: areasName,
    title: 'How well teachers represent students: the region, and the schools of it in each district',
    sql: `select * exclude (region_id, district_id, part) from (
        select 0 as part, region_name as area_name, * exclude (region_name) from marts.region_representation
        union all by name
        select 1 as part, district_name as area_name, * exclude (district_name) from marts.district_representation
      ) where region_id = $region order by part, area_name, school_year`,
  },
];

async function createQuestionSheet(
  db: Database,
  answer: Answer,
  year: WorkbookExport['year'],
  names: ReadonlyMap<string, string>,
  describe: (column: string) => string | undefined,
  {thresholds, inputs}: Build,
): Promise<SheetOrProblem> {
  const byGroup = answer === representationByGroup ? ' by group' : '';
  const numbered = (text: string, gap: string) => (answer.number === undefined ? text : answer.number + gap + text);
  const question = formatQuestion(answer, thresholds);
  const name = `${numbered(formatFullHeading(answer.name.replaceAll('-', '_')), ' ').replaceAll(',', '')}${byGroup}`;
  try {
    const {asked, left} = await askYears(db, answer, year);
    const [{region, place, isPreliminary, ...result}] = asked;
    const years = asked.map(({schoolYear}) => schoolYear).sort();
    const origins = listOrigins(inputs, [...answer.needs, ...answer.wants], years, region);
    return {
      name,
      title: numbered(
        `${question}, ${place === undefined ? '' : `${place}, `}${formatYears(years)}${isPreliminary ? ' (preliminary)' : ''}`,
        '  ',
      ),
      ...labelResult({...result, rows: asked.flatMap(({rows}) => rows)}, names, describe),
      notes: [
        ...new Set(asked.flatMap(({notes}) => notes.map((note) => `${capitalize(note)}.`))),
        ...(left.length === 0
          ? []
          : [
              `${formatYears(left)}: left out, since the years of this sheet have at most ${formatCount(mostRows)} rows together.`,
              'The table school_representation_by_group has every school year.',
            ]),
        ...origins.map((origin) => `Source: ${formatOrigin(origin)}`),
      ],
      sections: answer.sections,
      isSmall,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {name, title: numbered(question, '  '), problem: error.message};
  }
}

/** The most rows of a sheet by group: a region's of ten school years. A state's would take more time and memory than all its pages. */
const mostRows = 50_000;

/**
 * Answers a question for the school year of the workbook; group by group, also for the other years, the latest first, as far as a sheet
 * has room. `left` are the years without room.
 */
async function askYears(
  db: Database,
  answer: Answer,
  year: WorkbookExport['year'],
): Promise<{asked: [AnswerResult, ...AnswerResult[]]; left: SchoolYear[]}> {
  const first = await ask(db, answer, year);
  if (answer !== representationByGroup) return {asked: [first], left: []};
  const others = (await readCoverage(db, first.region))
    .filter((each) => each.schoolYear !== first.schoolYear && canAnswer(answer, each))
    .map(({schoolYear}) => schoolYear);
  const asked: [AnswerResult, ...AnswerResult[]] = [first];
  let count = first.rows.length;
  for (const [index, wanted] of others.entries()) {
    const other = await ask(db, answer, {...year, wanted});
    count += other.rows.length;
    if (count > mostRows) return {asked, left: others.slice(index).sort()};
    asked.push(other);
  }
  return {asked, left: []};
}

const isSmall = (row: Row) => listMarks(row).length > 0;

/** Returns the columns of a result with headings, and its rows with names in place of ids. A group's label is enough for people. */
function labelResult(
  {columns, types, rows}: Result,
  names: ReadonlyMap<string, string>,
  describe: (column: string) => string | undefined,
): {columns: SheetColumn[]; rows: Row[]} {
  const withNames = new Set([...names.keys()].map((key) => key.slice(0, key.indexOf(' '))));
  const named = columns.filter((name) => withNames.has(name));
  return {
    columns: columns.flatMap((name, index) => {
      if (name === 'demographic_group_id') return [];
      const description = describe(name);
      const type = types[index] ?? '';
      return {name, heading: formatFullHeading(name), type, ...(description !== undefined && {description})};
    }),
    rows: rows.map((row) => {
      const labels = named.map((column) => [column, names.get(`${column} ${row[column]}`) ?? row[column] ?? null]);
      return {...row, ...Object.fromEntries(labels)};
    }),
  };
}

function addAbout(workbook: Workbook, sheets: readonly SheetOrProblem[], build: Build): void {
  const about = addWorksheet(workbook, 'About', 'Rollcall: do the teachers reflect the students they teach?', build);
  for (const [column, width] of lineWidths.entries()) about.setColumnWidth(column, width);
  let row = 3;
  const lines = (...more: Parameters<typeof writeLine>[2][]) => {
    for (const cells of more) writeLine(about, row++, cells);
  };
  const head = (text: string) => writeLine(about, row++, [text], true);
  lines(['School years', build.schoolYears.join(', ')], ['Build', `${build.id}, built on ${formatDay(build.builtAt)}`]);
  head('The sheets');
  lines(
    [linkToSheet(chartsName), 'The figures as charts'],
    ...sheets.map(({name, title}) => [linkToSheet(name), title]),
    [linkToSheet(definitionsName), 'What each column means'],
  );
  head('Before you count');
  lines(...listCaveats(build.thresholds));
  head('Where the figures come from');
  lines(
    ...listSources(build).map(({title, publisher, path, description, sha256, license}) => [
      title,
      `${publisher}. ${description}${URL.canParse(path) ? ` ${path}.` : ''} License: ${license?.title ?? license?.name ?? 'not known'}. SHA-256: ${sha256}`,
    ]),
  );
}

const listCaveats = ({smallNumber, rankMinStudents, rankMinTeachers}: Thresholds) => [
  ['Of color', 'Every race but White.'],
  [
    'Not Provided',
    'Teachers whose race is not provided are never counted as of color. “At most” is the share if all of them were.',
  ],
  [
    'Small numbers',
    `Grey italics: a row that rests on fewer than ${smallNumber} people (“Rests on few people”), or ranks a school with fewer than ${formatSize({minStudents: rankMinStudents, minTeachers: rankMinTeachers}).join(' or ')} (“Ranks a small school”), and changes much with each of them.`,
  ],
  ['Empty cells', 'The state withholds the figure, doesn’t give it, or gives a partial sum. It is not 0.'],
  [
    'All grades',
    'Student counts come from the state’s own row for all grades of a school. It is not a grade; adding it to the grades counts everybody twice.',
  ],
  [
    'Restatements',
    'The state restates its figures, which are preliminary until June. These are the figures of the files that are named below.',
  ],
  ['Sums', 'A teacher at two schools counts at each of them, so sums over schools can exceed the number of people.'],
];

const definitionsName = 'Definitions';

function createDefinitions(sheets: readonly Sheet[]): Sheet {
  const columns = new Map(sheets.flatMap((sheet) => sheet.columns).map((column) => [column.name, column]));
  const rows = [...columns.values()].map(({name, heading, description}) => ({
    heading,
    meaning: description ?? null,
    in_the_warehouse: name,
    sheets: sheets
      .filter((sheet) => sheet.columns.some((column) => column.name === name))
      .map((sheet) => sheet.name)
      .join(', '),
  }));
  return {
    name: definitionsName,
    title: 'What each column means',
    notes: [],
    columns: Object.keys(rows[0] ?? {}).map((name) => ({name, heading: formatFullHeading(name), type: 'VARCHAR'})),
    rows: rows.sort((a, b) => a.heading.localeCompare(b.heading, 'en')),
    sections: [],
    isSmall: () => false,
  };
}

function placeSheet(sheet: Sheet & {key?: string[]}, file: {path: string; bytes: number; hash: string}): PlacedTable {
  return {
    table: {
      schema: '',
      name: sheet.name,
      columns: sheet.columns.map(({heading, type, description}) => ({
        name: heading,
        type,
        isRequired: false,
        ...(description !== undefined && {description}),
      })),
      primaryKey: sheet.key ?? [],
      foreignKeys: [],
      description: sheet.title,
    },
    title: sheet.name,
    resource: {
      name: sheet.name.toLowerCase().replaceAll(' ', '-'),
      type: 'table',
      format: 'xlsx',
      mediatype: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      ...file,
      dialect: {headerRows: [headerRow], excel: {sheet: sheet.name}},
    },
  };
}

/** Replaces the time of writing by the date of the build, so that the same build gives the same bytes. */
function setDate(workbook: Uint8Array, builtAt: string): Uint8Array {
  const parts = new AdmZip(Buffer.from(workbook), {noSort: true});
  const properties = 'docProps/core.xml';
  const date = `${builtAt.slice(0, 19)}Z`;
  const text = parts.readAsText(properties).replaceAll(/(<dcterms:\w+ [^>]*>)[^<]*/g, `$1${date}`);
  parts.updateFile(properties, Buffer.from(text));
  return parts.toBuffer();
}
