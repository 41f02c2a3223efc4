import {Argument, Command, Option} from 'commander';
import {type Answer, access, answers, formatQuestion, representationByGroup} from '../answers/answers.ts';
import {
  type AnswerResult,
  ask,
  type Coverage,
  canAnswer,
  readCoverage,
  readNames,
  readShortGroups,
} from '../answers/ask.ts';
import {formatOrigin, listOrigins} from '../answers/origins.ts';
import {chooseRegion, readRegions} from '../answers/regions.ts';
import {shapeAnswer} from '../answers/shape.ts';
import {readCurrentThresholds} from '../builds/find.ts';
import type {Manifest} from '../builds/manifest.ts';
import {findPublished, openBuild, requirePublished} from '../builds/published.ts';
import type {Database, Row} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {listBuildMarks} from '../words/marks.ts';
import {shortenDistrict, shortenSchool} from '../words/names.ts';
import {describeTies, explainMarks, formatSize, listMarks, type Size} from '../words/rankings.ts';
import type {Thresholds} from '../words/thresholds.ts';
import {addFormatOptions, createHomeOption, createYearOption, type FormatOptions, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';
import {render, type View} from './table.ts';
import {print, readScreenWidth, tell, tellWrapped} from './terminal.ts';

interface Options extends FormatOptions, Size {
  home?: string;
  year?: string;
  region?: string;
  group?: string;
  by?: string;
}

export function createAnswerCommand(): Command {
  return addQuestions(new Command('answer'), [...answers, access], chooseAnswer)
    .option('--group <id>', "student-groups: one group of students, or all (default: the assignment's three groups)")
    .addOption(new Option('--by <what>', 'representation: one row for each school and group').choices(['group']))
    .option('--min-students <n>', 'leave out schools with fewer students, and rank the others', parseLeast)
    .option('--min-teachers <n>', 'leave out schools with fewer teachers, and rank the others', parseLeast)
    .addOption(createHomeOption());
}

function parseLeast(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Failure(`${text} is not a number of people. Write --min-students 30, or --min-teachers 10.`, exit.usage);
}

/** Adds what `answer` and `explore` have in common. */
export function addQuestions(
  command: Command,
  questions: readonly Answer[],
  choose = (question: Answer, _options: Options) => question,
): Command {
  return addFormatOptions(command)
    .addArgument(new Argument('[name]', 'the question; lists them if omitted').choices(questions.map(({name}) => name)))
    .addOption(createYearOption())
    .option('--region <id>', 'a region of dbt/seeds/regions.csv (default: the first)')
    .action(async (name: string | undefined, options: Options) => {
      const home = resolveHome(options);
      if (name === undefined && (await findPublished(home)) === undefined) {
        tell(`${home.folder}: nothing is published here yet, so no question has an answer.`);
        print(await renderList(questions, [], await readCurrentThresholds(), options), {
          isExact: options.format === 'csv',
        });
        return;
      }
      const published = await requirePublished(home);
      const db = await openBuild(published);
      try {
        const question = questions.find((candidate) => candidate.name === name);
        if (question === undefined && formatSize(options).length > 0)
          throw new Failure('--min-students and --min-teachers go with a question.', exit.usage);
        if (question === undefined) {
          const years = await readCoverage(db, await chooseRegion(db, options.region));
          const list = renderList(questions, years, published.manifest.thresholds, options);
          print(list, {isExact: options.format === 'csv'});
        } else await printAnswers(db, [choose(question, options)], published.manifest, options);
      } catch (error) {
        throw await explainHeldYear(home, options.year, error);
      } finally {
        db.close();
      }
    });
}

/** Adds to the message about a school year that the build lacks why it was held back, if it was. */
async function explainHeldYear(home: Home, year: string | undefined, error: unknown): Promise<unknown> {
  if (!(error instanceof Failure) || year === undefined) return error;
  const {readHeldYears} = await import('../runs/history.ts');
  const held = readHeldYears(home).find(({schoolYear}) => schoolYear === year);
  return held ? new Failure(`${error.message} ${year} is held back: ${held.why}.`, error.exitCode) : error;
}

/** Returns the answer that the options ask for. */
function chooseAnswer(answer: Answer, {group, by}: Options): Answer {
  const {name} = answer;
  if (group !== undefined && name !== 'student-groups')
    throw new Failure('--group goes with student-groups.', exit.usage);
  if (by !== undefined && name !== 'representation') throw new Failure('--by goes with representation.', exit.usage);
  return by === 'group' ? representationByGroup : answer;
}

/** Lists the questions, and the school years for which each has an answer. */
function renderList(
  questions: readonly Answer[],
  years: readonly Coverage[],
  thresholds: Thresholds,
  {format}: Options,
): string {
  const isNumbered = questions.some(({number}) => number !== undefined);
  const rows = questions.map((answer) => ({
    name: answer.name,
    ...(isNumbered && {number: answer.number ?? null}),
    question: formatQuestion(answer, thresholds),
    school_years:
      years
        .filter((year) => canAnswer(answer, year))
        .map(({schoolYear}) => schoolYear)
        .join(', ') || null,
  }));
  const columns = ['name', ...(isNumbered ? ['number'] : []), 'question', 'school_years'];
  return render({columns, rows}, format, {width: readScreenWidth()});
}

/** Prints answers to standard output, and each of their notes once to standard error. */
export async function printAnswers(
  db: Database,
  asked: readonly Answer[],
  manifest: Manifest,
  options: Options,
): Promise<void> {
  const told = new Set<string>();
  const tellOnce = (style: 'yellow' | 'dim') => (text: string) => {
    if (!told.has(text)) tellWrapped(style, text);
    told.add(text);
  };
  for (const [index, answer] of asked.entries()) {
    if (index > 0) print('\n');
    await printAnswer(db, answer, manifest, options, tellOnce);
  }
}

async function printAnswer(
  db: Database,
  answer: Answer,
  manifest: Manifest,
  {format, year, region, group, minStudents, minTeachers}: Options,
  tellIn: (style: 'yellow' | 'dim') => (text: string) => void,
): Promise<void> {
  const size = {minStudents, minTeachers};
  const answered = await ask(db, answer, {
    wanted: year,
    usual: readConfig().schoolYear,
    ...size,
    ...(region !== undefined && {region}),
    ...(group !== undefined && {group}),
  });
  if (year === undefined && answered.otherYears.length > 0) tellIn('dim')(describeYears(answered));
  answered.notes.map((note) => `Note: ${note}.`).forEach(tellIn('yellow'));
  listBuildMarks(manifest).forEach(tellIn('yellow'));
  const origins = describeSources(answered, manifest);
  if (format !== 'md') origins.map((origin) => `Source: ${origin}`).forEach(tellIn('dim'));
  if (format === 'csv') {
    const shaped = await shapeAnswer(db, {...answered, region: answered.region.region_id});
    return print(render(shaped, format), {isExact: true});
  }
  if (format === 'json') {
    const rows = answered.rows.map((row) => ({...row, origin: origins.join(' ')}));
    return print(render({...answered, rows}, format));
  }
  print(render(answered, format, await createView(db, answered, manifest, size, origins)));
}

/** Says which school year an answer is about, and how to ask for another. */
function describeYears({schoolYear, otherYears: [other, ...more]}: AnswerResult): string {
  const others = more.length === 0 ? '' : ` (or ${more.join(', ')})`;
  return `Year: ${schoolYear}. For another: --year ${other}${others}`;
}

/** Says where the figures of an answer come from, a sentence for each source. */
function describeSources({answer, schoolYear, region}: AnswerResult, {inputs, schoolYears}: Manifest): string[] {
  const {needs, wants, spansYears} = answer;
  return listOrigins(inputs, [...needs, ...wants], spansYears ? schoolYears : [schoolYear], region).map(formatOrigin);
}

/** Columns that a narrow screen leaves out: others imply them, or they stand beside a figure that is shown. */
const dispensable = [
  'district_code',
  'teachers_not_provided_count',
  'groups_without_a_teacher',
  'teachers_of_color_share_high',
  'students_of_color_count',
  'city',
  'all_students_count',
  'all_teachers_count',
  'teachers_of_color_count',
  'overlap',
  'compared_school_count',
  'students_of_color_share_change_pp',
  'teachers_of_color_share_change_pp',
  'known_teachers_count',
  'top_probability',
  'teachers_of_color_exposure',
  'similar_schools_representation',
  'parity_ratio',
  'representation_band',
  'students_of_color_share',
  'teachers_of_color_share',
  'teachers_to_parity',
];

/** Columns that tell rows apart: two schools may have the same name. */
const kept = ['school_code', 'school_name', 'district_name', 'name', 'demographic_group'];

/** Shortens names of schools, districts and groups. */
function shortenWith(groups: ReadonlyMap<string, string>): (column: string, text: string) => string {
  return (column, text) => {
    if (column === 'school_name') return shortenSchool(text);
    if (column === 'demographic_group') return groups.get(text) ?? text;
    return column === 'district_name' || column === 'name' ? shortenDistrict(text) : text;
  };
}

async function createView(
  db: Database,
  {answer, schoolYear, isPreliminary, region, place}: AnswerResult,
  {thresholds, isSample, label}: Manifest,
  size: Size,
  sources: readonly string[],
): Promise<View> {
  const isOneOfSeveral = (await readRegions(db)).length > 1;
  const least = formatSize(size).join(' and ');
  const width = readScreenWidth();
  return {
    title: `${formatQuestion(answer, thresholds)}, ${least && `among schools with at least ${least}, `}${isOneOfSeveral ? `${region.region_name}, ` : ''}${place === undefined ? '' : `${place}, `}${schoolYear}${isPreliminary ? ' (preliminary)' : ''}${isSample ? ' (SAMPLE: invented schools)' : ''}${label === undefined ? '' : ` (${label})`}`,
    sources,
    sections: answer.sections,
    hidden: [
      'school_year',
      'demographic_group_id',
      'tied_beyond',
      'tied_schools',
      'is_small',
      'is_rank_small',
      'unmatched_schools',
    ],
    dispensable,
    kept,
    // Only a screen can be narrow.
    ...(width !== undefined && {shorten: shortenWith(await readShortGroups(db))}),
    names: await readNames(db),
    sectionNotes: (rows) => [describeTies(rows) ?? []].flat(),
    marksOf: listMarks,
    footnotes: (rows) => [...explainMarks(rows, thresholds), ...nameUnmatched(rows)],
    width,
  };
}

/** Names the schools that a change leaves out. */
function nameUnmatched(rows: readonly Row[]): string[] {
  return rows.flatMap(({name, unmatched_schools: schools}) =>
    typeof schools === 'string' ? [`${name}: not compared in both years: ${schools}.`] : [],
  );
}
