import {createHash} from 'node:crypto';
import {mkdir, readdir, readFile, rename, rm, symlink} from 'node:fs/promises';
import {join, relative} from 'node:path';
import packageJson from '../../package.json' with {type: 'json'};
import {Failure} from '../failure.ts';
import {temporaryName, writeWhole} from '../files.ts';
import {type Candidate, candidateFor, candidatesIn, landCandidate} from '../ingest/candidates.ts';
import {type CheckResult, checkLoaded} from '../ingest/checks.ts';
import {type CorrectionResult, correctionResults, loadCorrections} from '../ingest/corrections.ts';
import {discard, isIntact, type Landed, shortHash} from '../ingest/land.ts';
import {type Ingested, load} from '../ingest/load.ts';
import {reshape} from '../ingest/reshape.ts';
import type {SchoolYear} from '../school-year.ts';
import {type Correction, readCorrections} from '../sources/corrections.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import {buildModels, keepTestResults, runTests, type TestResult} from '../warehouse/build.ts';
import {open} from '../warehouse/duckdb.ts';
import {readProject} from '../warehouse/project.ts';
import {assertChecked, assertTested} from './audit.ts';
import {buildId, contractId} from './fingerprint.ts';
import {findPublished, type Home, parseManifest, projectFolder} from './home.ts';
import {datasetsFor, forget, type Host, hostFromEnvironment, landLive} from './live.ts';
import {lock} from './lock.ts';
import type {Manifest} from './manifest.ts';
import {type Chosen, choosePartitions} from './partitions.ts';

export interface RunOptions {
  home: Home;
  /** `live`, `sample`, or a folder of downloaded files. */
  from: string;
  /** A school list; goes before one in the folder. */
  schoolList?: string;
  years?: SchoolYear[];
  /** Where `live` is; what the environment says where it is undefined. */
  host?: Host;
}

/** Where a run tells what it is doing. */
export interface Progress {
  /** A step of the run: what it did is what `work` returns. */
  step<T>(name: string, work: (update: (text: string) => void) => Promise<{result: T; summary: string}>): Promise<T>;
  /** Something that the reader should know of, and that stops nothing. */
  note(text: string): void;
}

export interface RunResult {
  status: 'published' | 'unchanged';
  build: string;
  warehouse: string;
  manifest: Manifest;
  checks: CheckResult[];
  tests: TestResult[];
}

const sampleFolder = join(projectFolder, 'sample', 'files');

/**
 * Plans, lands, reshapes, builds, audits and publishes. A run that fails leaves the published build as it is; a run whose
 * inputs and code are those of a build that is there makes nothing anew.
 *
 * @throws Failure with the exit code that fits: 1 a check failed, 2 wrong usage, 3 source unreachable, 4 locked
 */
export async function run(options: RunOptions, progress: Progress): Promise<RunResult> {
  const {home} = options;
  const release = lock(home);
  try {
    const chosen = await progress.step('land', (update) => landInputs(options, progress, update));
    const id = await buildId(chosen.map(({landed, schoolYears}) => ({...landed, schoolYears})));
    const built = await readManifest(join(home.builds, id));
    if (built) {
      await publish(home, id);
      return {...built, status: 'unchanged', checks: [], tests: []};
    }
    const corrections = await readCorrections(join(projectFolder, 'corrections.yml'));
    const ingested = await progress.step('reshape', () => reshapeInputs(home, chosen, corrections));
    const result = await build(home, id, ingested, corrections, progress);
    await progress.step('publish', async () => {
      await publish(home, id);
      return {result: undefined, summary: `build ${id}`};
    });
    return result;
  } finally {
    release();
  }
}

/** Lands what is not there yet, and settles which file gives which school year. */
async function landInputs(options: RunOptions, {note}: Progress, update: (text: string) => void) {
  const {home, from} = options;
  const given = options.schoolList === undefined ? [] : [await candidateFor(options.schoolList, schoolList)];
  if (from === 'live') {
    const datasets = datasetsFor(options.years);
    const {chosen, fresh} = await landLive(home.landing, datasets, options.host ?? hostFromEnvironment(), update);
    const lists = await landAll(home.landing, given, note);
    chosen.push(...choosePartitions(lists.files, undefined, note));
    if (lists.files.length === 0) note(whatIsMissing(schoolList));
    return {
      result: chosen,
      summary: `${counted(datasets.length + given.length, 'data set')}, ${fresh + lists.fresh} new`,
    };
  }
  const found = await candidatesIn(from === 'sample' ? sampleFolder : from, sources, note);
  const candidates = [...given, ...found.filter(({source}) => given.length === 0 || source !== schoolList)];
  if (candidates.length < given.length + found.length)
    note('the school list of the folder is passed over for the one that --school-list names');
  const {files, fresh} = await landAll(home.landing, candidates, note);
  const chosen = choosePartitions(files, options.years, note);
  for (const source of sources) {
    if (!chosen.some((choice) => choice.source === source)) note(whatIsMissing(source));
  }
  return {result: chosen, summary: `${counted(files.length, 'file')}, ${fresh} new`};
}

async function landAll(landing: string, candidates: readonly Candidate[], note: (text: string) => void) {
  const files = [];
  let fresh = 0;
  const seen = new Map<string, string>();
  for (const candidate of candidates) {
    const twin = seen.get(candidate.inspection.sha256);
    if (twin !== undefined) {
      note(`${candidate.name} is passed over: it has the same contents as ${twin}`);
      continue;
    }
    seen.set(candidate.inspection.sha256, candidate.name);
    const {landed, isNew} = await landCandidate(landing, candidate);
    if (isNew) fresh++;
    files.push({source: candidate.source, landed});
  }
  return {files, fresh};
}

function whatIsSpent({id, schoolYear}: CorrectionResult): string {
  return `correction ${id} is spent: in ${schoolYear} there is nothing left to correct. Take it out of corrections.yml`;
}

function whatIsMissing(source: Source): string {
  return source === schoolList
    ? `no file of ${source.title}: the region is the declared one, and the school types are those that the grades tell`
    : `no file of ${source.title}: what rests on it stays unanswered`;
}

async function reshapeInputs(home: Home, chosen: readonly Chosen[], corrections: readonly Correction[]) {
  const contract = await contractId();
  const sampleHashes = await hashesIn(sampleFolder);
  const ingested: Ingested[] = [];
  const failures: Failure[] = [];
  for (const {source, landed, schoolYears} of chosen) {
    try {
      const reshaped = await reshape(home.lake, source, landed, contract, corrections);
      ingested.push({source, landed, reshaped, schoolYears, isSample: sampleHashes.has(landed.sha256)});
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(await notUsable(home, landed, error));
    }
  }
  // One file that can't be read keeps no other from being reshaped; but a build is whole or not at all.
  const [first] = failures;
  if (first) throw new Failure(failures.map(({message}) => message).join(' '), first.exitCode);
  const {in: rowsIn, rejected} = rowCounts(ingested);
  return {
    result: ingested,
    summary: `${rowsIn.toLocaleString('en-US')} rows, ${rejected.toLocaleString('en-US')} of them set aside with a reason`,
  };
}

/** What keeps a landed file from being used; the next run starts from the publisher's again. */
async function notUsable(home: Home, landed: Landed, failure: Failure): Promise<Failure> {
  await forget(home.landing, landed);
  if (await isIntact(landed)) return failure;
  await discard(landed);
  return new Failure(
    `${landed.fileName}: the landed copy of it (${shortHash(landed)}) was damaged, and has been removed. Run again to land it anew. The published build is unchanged.`,
  );
}

/** Makes the build in a folder of its own, and gives it its name once it has passed every check. */
async function build(
  home: Home,
  id: string,
  ingested: Ingested[],
  corrections: readonly Correction[],
  progress: Progress,
): Promise<RunResult> {
  const workshop = temporaryName(join(home.builds, id));
  await rm(workshop, {recursive: true, force: true});
  await mkdir(workshop, {recursive: true});
  const db = await open(join(workshop, 'warehouse.duckdb'));
  let checks: CheckResult[] = [];
  let tests: TestResult[] = [];
  try {
    checks = await progress.step('check', async () => {
      await load(db, home.lake, sources, ingested);
      await loadCorrections(db, corrections);
      for (const result of await correctionResults(db, corrections, sources)) {
        if (result.status === 'spent') progress.note(whatIsSpent(result));
      }
      const results = await checkLoaded(db, sources, ingested);
      return {result: results, summary: tally(results, 'check')};
    });
    assertChecked(checks, ingested);
    const project = await readProject(join(projectFolder, 'dbt'));
    await progress.step('build', async (update) => {
      await buildModels(db, project, ({name}) => update(name));
      return {result: undefined, summary: counted(project.models.length, 'model')};
    });
    tests = await progress.step('audit', async () => {
      const results = await runTests(db, project);
      await keepTestResults(db, results);
      return {result: results, summary: tally(results, 'data test')};
    });
    assertTested(checks, tests);
    await db.run('checkpoint');
  } catch (error) {
    db.close();
    await rm(home.failed, {recursive: true, force: true});
    await rename(workshop, home.failed);
    throw error;
  }
  const [version] = await db.rows('select version() as duckdb');
  db.close();
  const manifest = manifestOf(id, ingested, checks, tests, String(version?.['duckdb']));
  await writeWhole(join(workshop, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(workshop, join(home.builds, id));
  return {
    status: 'published',
    build: id,
    warehouse: join(home.builds, id, 'warehouse.duckdb'),
    manifest,
    checks,
    tests,
  };
}

/** Switches to a build, in one step: whoever opens the published build gets the old one or the new one, whole. */
async function publish(home: Home, id: string): Promise<void> {
  if ((await findPublished(home))?.id === id) return;
  const link = temporaryName(home.published);
  await rm(link, {force: true});
  await symlink(relative(home.folder, join(home.builds, id)), link, 'dir');
  await rename(link, home.published);
}

async function readManifest(folder: string): Promise<Pick<RunResult, 'build' | 'warehouse' | 'manifest'> | undefined> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text, folder);
  return {build: manifest.build, warehouse: join(folder, 'warehouse.duckdb'), manifest};
}

function manifestOf(
  id: string,
  ingested: Ingested[],
  checks: CheckResult[],
  tests: TestResult[],
  duckdb: string,
): Manifest {
  const outcome = (results: readonly {status: string}[]) => ({
    passed: results.filter(({status}) => status === 'pass').length,
    warned: results.filter(({status}) => status === 'warn').length,
  });
  return {
    build: id,
    builtAt: new Date().toISOString(),
    isSample: ingested.some(({isSample}) => isSample),
    schoolYears: [...new Set(ingested.flatMap(({schoolYears}) => schoolYears))].sort(),
    inputs: ingested.map(({source, landed, reshaped, schoolYears}) => ({
      source: source.id,
      file: landed.fileName,
      sha256: landed.sha256,
      landedAt: landed.landedAt,
      schoolYears,
      rows: partitionsOf({reshaped, schoolYears}).reduce((sum, {rowsIn}) => sum + rowsIn, 0),
    })),
    versions: {rollcall: packageJson.version, duckdb, node: process.version},
    rows: rowCounts(ingested),
    checks: outcome(checks),
    tests: outcome(tests),
  };
}

function partitionsOf({reshaped, schoolYears}: Pick<Ingested, 'reshaped' | 'schoolYears'>) {
  return reshaped.partitions.filter(({schoolYear}) => schoolYear === null || schoolYears.includes(schoolYear));
}

function rowCounts(ingested: readonly Ingested[]): Manifest['rows'] {
  const partitions = ingested.flatMap(partitionsOf);
  const sum = (pick: (partition: (typeof partitions)[number]) => number) =>
    partitions.reduce((total, each) => total + pick(each), 0);
  return {
    in: sum(({rowsIn}) => rowsIn),
    loaded: sum(({rowsLoaded}) => rowsLoaded),
    rejected: sum(({rowsRejected}) => rowsRejected),
  };
}

async function hashesIn(folder: string): Promise<Set<string>> {
  const names = await readdir(folder).catch(() => []);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return new Set(contents.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
}

function tally(results: readonly {status: string}[], what: string): string {
  const of = (status: string) => results.filter((result) => result.status === status).length;
  const parts = [`${counted(of('pass'), what)} passed`];
  if (of('warn') > 0) parts.push(`${of('warn')} warned`);
  if (of('error') > 0) parts.push(`${of('error')} failed`);
  return parts.join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
