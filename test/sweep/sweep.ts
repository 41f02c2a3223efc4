import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import pLimit from 'p-limit';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import {readPublishedId} from '../../src/builds/published-id.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {readHistory, readRun} from '../../src/runs/history.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {type Socrata, startSocrata} from '../support/socrata.ts';
import {hashFiles, hashTables} from '../support/tables.ts';

/*
 * Kills runs with SIGKILL and checks the state they leave. A home directory has a build of some files; a run on other files is killed. Then
 * the published build must open and have the rows of the old build or of the new one, and the next run must give the same bytes
 * as an undisturbed run.
 *
 * Runs are killed right before each change of a file or of the ledger, one after another, which covers the start and end of every
 * step. Others are killed at random moments, half of them on files from a folder, half on downloads.
 */

const {values} = parseArgs({
  options: {
    kills: {type: 'string', default: '200'},
    seed: {type: 'string', default: String(Date.now() % 2 ** 31)},
    jobs: {type: 'string', default: '2'},
    /** Kill only at every nth change of a file. */
    every: {type: 'string', default: '1'},
  },
});
const [kills, seed, jobs, every] = [values.kills, values.seed, values.jobs, values.every].map(Number) as [
  ...[number, number, number, number],
];
const random = xoroshiro128plus(seed);
console.log(`Sweep: ${kills} kills at random instants, seed ${seed} (--kills, --seed, --jobs, --every)`);

const root = mkdtempSync(join(tmpdir(), 'rollcall-sweep-'));
const main = join(projectFolder, 'src/cli/main.ts');
const preload = fileURLToPath(new URL('kill-at.ts', import.meta.url));
const sample = (name: string) => readFileSync(join(projectFolder, 'sample/files', name), 'utf8');
const students = sample('Report_Card_Enrollment_2020-21_School_Year.csv');
const restated = students.replaceAll('Vega Elementary', 'Vega Primary');
const teachers = sample('Report_Card_Teacher_Demographics_2020-21_School_Year.csv');
const schoolList = join(projectFolder, 'sample/files/SampleSchoolList.txt');

/** How a run gets its files: first the old ones, then the new ones. */
interface Setting {
  name: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** A home directory with a build of the old files. It is copied, never changed. */
  base: string;
  old: Expected;
  new: Expected;
  /** The time of an undisturbed run on the new files, in milliseconds. */
  duration: number;
  /** Runs on the new files in this process. */
  run(home: string): Promise<unknown>;
}

interface Expected {
  build: string;
  rows: string;
  lake: Record<string, string>;
}

async function readExpected(home: string): Promise<Expected> {
  const build = await readPublishedId(locateHome(home));
  assert.ok(build !== undefined, 'something is published');
  return {build, rows: await hashTables(home), lake: await hashFiles(join(home, 'lake'))};
}

interface Ended {
  signal: NodeJS.Signals | null;
  code: number | null;
  stderr: string;
}

/** Runs the command without the launcher, so that the killed process is the one that does the work. */
function command(home: string, {args, env}: Pick<Setting, 'args' | 'env'>, more: NodeJS.ProcessEnv = {}) {
  const loaded = more['ROLLCALL_KILL_AT'] === undefined ? [] : ['--import', preload];
  const child = spawn(process.execPath, [...loaded, main, 'run', '--no-site', '--home', home, ...args], {
    env: {...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: join(root, 'compiled'), ...env, ...more},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({code, signal, stderr})));
  return {child, ended};
}

async function makeSetting(
  name: string,
  how: Pick<Setting, 'args' | 'env'>,
  makeNew: () => void,
  runHere: Setting['run'],
): Promise<Setting> {
  const base = join(root, name);
  const first = await command(base, how).ended;
  assert.equal(first.code, 0, first.stderr);
  const old = await readExpected(base);
  makeNew();
  const home = join(root, `${name}-undisturbed`);
  cpSync(base, home, {recursive: true, verbatimSymlinks: true});
  const started = performance.now();
  const second = await command(home, how).ended;
  const duration = performance.now() - started;
  assert.equal(second.code, 0, second.stderr);
  const after = await readExpected(home);
  assert.notEqual(after.rows, old.rows);
  return {name, ...how, base, old, new: after, duration, run: runHere};
}

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
}

async function makeFolderSetting(): Promise<Setting> {
  const folder = join(root, 'files');
  write(folder, {'students.csv': students, 'teachers.csv': teachers, 'list.txt': readFileSync(schoolList, 'utf8')});
  return makeSetting(
    'folder',
    {args: ['--from', folder], env: {}},
    () => write(folder, {'students.csv': restated}),
    (home) => run({home: locateHome(home), from: folder}, recordProgress()),
  );
}

async function makeLiveSetting(state: Socrata): Promise<Setting> {
  return makeSetting(
    'live',
    {args: ['--school-list', schoolList, '--years', '2020-21'], env: {ROLLCALL_OSPI_URL: state.url}},
    () => state.set('nvpc-yr7b', {csv: restated, rowsUpdatedAt: 1_650_000_000}),
    (home) =>
      run(
        {home: locateHome(home), from: 'live', schoolList, years: ['2020-21'], host: {url: state.url}},
        recordProgress(),
      ),
  );
}

/** Where runs were killed: the current step, and the build that was published then. */
const places = new Map<string, number>();
let count = 0;

/** Kills a run in a copy of the setting's home directory, and checks the remains and the next run. */
async function kill(setting: Setting, name: string, how: {at: number} | {after: number}): Promise<boolean> {
  const home = join(root, name);
  cpSync(setting.base, home, {recursive: true, verbatimSymlinks: true});
  const {child, ended} = command(home, setting, 'at' in how ? {ROLLCALL_KILL_AT: String(how.at)} : {});
  if ('after' in how) {
    await Promise.race([sleep(how.after), ended]);
    child.kill('SIGKILL');
  }
  const {signal, code, stderr} = await ended;
  try {
    if (signal !== 'SIGKILL') {
      assert.equal(code, 0, stderr);
      return false;
    }
    // A reader at this moment, before the next run has cleaned up.
    const left = await readExpected(home);
    assert.ok(
      left.rows === setting.old.rows || left.rows === setting.new.rows,
      'the published build has the rows of the old build or of the new one',
    );
    const step = await readLastStep(home);
    await setting.run(home);
    const after = await readExpected(home);
    assert.equal(after.build, setting.new.build);
    assert.equal(after.rows, setting.new.rows, 'the next run has the rows of an undisturbed one');
    assert.deepEqual(after.lake, setting.new.lake, 'and the lake its bytes');
    const names = await readdir(home, {recursive: true});
    assert.deepEqual(
      names.filter((each) => /\.tmp$|\.download/.test(each)),
      [],
      'nothing half made is left',
    );
    const {runs} = await readHistory(locateHome(home), 10);
    assert.equal(runs[0]?.exitCode, 0);
    assert.ok(
      runs.every(({outcome, endedAt}) => outcome !== 'running' && endedAt !== null),
      'every run is closed',
    );
    const place = `${step}, ${left.rows === setting.new.rows ? 'new' : 'old'} build published`;
    places.set(place, (places.get(place) ?? 0) + 1);
    if (++count % 50 === 0) console.log(`  ${count} kills`);
    rmSync(home, {recursive: true});
    return true;
  } catch (error) {
    console.error(
      `FAILED: ${setting.name}, ${name}, ${JSON.stringify(how)}, seed ${seed}. The home is kept: ${home}\n${stderr}`,
    );
    throw error;
  }
}

/** Reads from the ledger the last step that the killed run had begun. */
async function readLastStep(home: string): Promise<string> {
  const [first] = (await readHistory(locateHome(home), 1)).runs;
  if (first === undefined || first.outcome !== 'killed') return 'before the run is entered, or after it is closed';
  const last = readRun(locateHome(home), first.run).steps.at(-1);
  if (last === undefined) return 'before the first step';
  return last.outcome === 'killed' ? `in ${last.name}` : `after ${last.name}`;
}

/** Counts the file changes of an undisturbed run. */
async function countChanges(setting: Setting): Promise<number> {
  const home = join(root, 'counted');
  cpSync(setting.base, home, {recursive: true, verbatimSymlinks: true});
  const report = join(root, 'count');
  const {code, stderr} = await command(home, setting, {ROLLCALL_KILL_AT: '0', ROLLCALL_KILL_COUNT: report}).ended;
  assert.equal(code, 0, stderr);
  rmSync(home, {recursive: true});
  return Number(readFileSync(report, 'utf8'));
}

const metadata = {rowsUpdatedAt: 1_640_000_000};
const state = await startSocrata([
  {id: 'nvpc-yr7b', name: 'Report Card Enrollment 2020-21 School Year', csv: students, ...metadata},
  {id: 'y59b-6pu8', name: 'Report Card Teacher Demographics 2020-21 School Year', csv: teachers, ...metadata},
]);
const limit = pLimit(jobs);
const began = performance.now();
let hasFailed = false;
/** After the first failure, no further kill is started. */
const attempt = (setting: Setting, name: string, how: () => Parameters<typeof kill>[2]) =>
  limit(async () => {
    if (hasFailed) return false;
    return kill(setting, name, how()).catch((error: unknown) => {
      hasFailed = true;
      console.error(error);
      return false;
    });
  });
try {
  const folder = await makeFolderSetting();
  const live = await makeLiveSetting(state);
  const changes = await countChanges(folder);
  const points = Array.from({length: changes}, (_, index) => index + 1).filter((at) => at % every === 0);
  const atChanges = await Promise.all(points.map((at) => attempt(folder, `change-${at}`, () => ({at}))));
  const killedAtChanges = atChanges.filter(Boolean).length;
  console.log(`${killedAtChanges} kills right before a change of a file or of the ledger (a run makes ${changes})`);

  let killed = 0;
  for (let round = 0; killed < kills && !hasFailed; round++) {
    const settings = Array.from({length: kills - killed}, (_, index) => (index % 2 === 0 ? folder : live));
    const after = settings.map(({duration}) => uniformInt(random, 0, Math.round(duration)));
    const done = await Promise.all(
      settings.map((setting, index) =>
        attempt(setting, `random-${round}-${index}`, () => ({after: after[index] ?? 0})),
      ),
    );
    killed += done.filter(Boolean).length;
  }
  console.log(`${killed} kills at a random instant`);
  for (const [place, times] of [...places].sort(([, a], [, b]) => b - a))
    console.log(`  ${String(times).padStart(4)}  ${place}`);
} finally {
  await state.close();
  if (!hasFailed && existsSync(root)) rmSync(root, {recursive: true});
}
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
console.log(
  hasFailed ? `The sweep failed after ${minutes} minutes.` : `${count} kills in ${minutes} minutes: nothing broken.`,
);
console.log(`${count} passed, ${hasFailed ? 1 : 0} failed`);
if (hasFailed) process.exitCode = 1;
