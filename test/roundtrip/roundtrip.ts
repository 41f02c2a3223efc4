import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {answers, representationByGroup} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import type {Project} from '../../src/dbt/project/project.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {open, type Row} from '../../src/duckdb/database.ts';
import type {Build} from '../../src/export/tables.ts';
import {exportBuild} from '../../src/export/target.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {install} from '../parity/programs.ts';
import {buildFrom} from '../support/pipeline.ts';
import {makePlacesBuild} from '../support/places.ts';
import {noPostgres, type Server, startPostgres} from '../support/postgres.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/*
 * npm run roundtrip
 *
 * Exports two builds in every format, the sample and one of awkward values, and lets Python read them back: each table with another
 * tool than the one that wrote it, value by value, including types and nulls. The Frictionless tool must accept each data
 * package, and must find the errors of a damaged one.
 */

/** The description of a build that roundtrip.py reads. */
interface Exported {
  name: string;
  warehouse: string;
  folder: string;
  duckdb: string;
  postgres?: string;
  workbook?: {path: string; answers: Record<string, Row[]>};
}

const year = {wanted: undefined, usual: '2020-21'};
const everything = ['marts', 'core', 'seeds', 'staging', 'raw'];

async function exportAll(name: string, build: Build, project: Project, server?: Server): Promise<Exported> {
  const folder = makeTemporaryFolder('roundtrip');
  const what = {build, project, year};
  const wanted = name === 'sample' ? everything : ['marts', 'core'];
  const exported = {
    name,
    warehouse: build.warehouse,
    folder: join(folder, 'tables'),
    duckdb: join(folder, 'rollcall.duckdb'),
  };
  await exportBuild({...what, wanted, target: exported.folder});
  await exportBuild({...what, wanted, target: exported.duckdb});
  if (server === undefined) return exported;
  const postgres = server.url({database: await server.database()});
  await exportBuild({...what, wanted, target: postgres});
  return {...exported, postgres};
}

/** Exports the workbook, and returns it with the answers that its sheets should have. */
async function exportWorkbook(build: Build, project: Project): Promise<NonNullable<Exported['workbook']>> {
  const path = join(makeTemporaryFolder('roundtrip'), 'rollcall.xlsx');
  await exportBuild({build, project, year, target: path});
  const db = await open(build.warehouse, {readOnly: true});
  const expected: Record<string, Row[]> = {};
  for (const answer of [...answers, representationByGroup]) {
    const words = answer.name.replaceAll('-', ' ');
    const sheet = `${answer.number?.replaceAll(',', '')} ${words.charAt(0).toUpperCase()}${words.slice(1)}`;
    const asked = [await ask(db, answer, year)];
    if (answer === representationByGroup) {
      for (const wanted of build.schoolYears.toReversed())
        if (wanted !== asked[0]?.schoolYear) asked.push(await ask(db, answer, {...year, wanted}));
    }
    expected[answer === representationByGroup ? `${sheet} by group` : sheet] = asked.flatMap(({rows}) => rows);
  }
  db.close();
  return {path, answers: expected};
}

const programs = await install('readers', import.meta.dirname);
if (noPostgres) process.stderr.write(`Postgres is left out: ${noPostgres}\n`);
const server = noPostgres ? undefined : await startPostgres();
try {
  const sample = await buildFrom('sample');
  sample.close();
  const {build: id, builtAt, isSample, schoolYears, thresholds, inputs} = sample.manifest;
  const build = {id, builtAt, isSample, schoolYears, thresholds, inputs, warehouse: sample.warehouse};
  const project = await readProject(join(projectFolder, 'dbt'));
  const awkward = await makePlacesBuild('awkward');
  const told = [
    {...(await exportAll('sample', build, project, server)), workbook: await exportWorkbook(build, project)},
    await exportAll('awkward', awkward.build, awkward.project, server),
  ];
  const file = join(makeTemporaryFolder('roundtrip'), 'exported.json');
  await writeFile(file, JSON.stringify(told));
  const python = spawn(join(programs, 'python'), [join(import.meta.dirname, 'roundtrip.py'), file], {stdio: 'inherit'});
  const [code] = await once(python, 'exit');
  process.exitCode = code;
} finally {
  await server?.stop();
}
