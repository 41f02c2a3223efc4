import {mkdir, readdir, readFile, rename, rm, symlink} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {temporaryName, writeWhole} from '../files.ts';
import {type CheckResult, checkLoaded} from '../ingest/checks.ts';
import {type CorrectionResult, correctionResults, loadCorrections} from '../ingest/corrections.ts';
import {type Ingested, load} from '../ingest/load.ts';
import {type Correction, readCorrections} from '../sources/corrections.ts';
import {sources} from '../sources/sources.ts';
import {buildModels} from '../warehouse/build.ts';
import {keepTestResults, runTests, type TestResult} from '../warehouse/data-tests.ts';
import {open} from '../warehouse/duckdb.ts';
import {graphOf} from '../warehouse/graph.ts';
import {readProject} from '../warehouse/project.ts';
import {assertChecked, assertTested} from './audit.ts';
import {buildId} from './fingerprint.ts';
import {findPublished, type Home, parseManifest, projectFolder} from './home.ts';
import {counted, landInputs, reshapeInputs} from './inputs.ts';
import {lock} from './lock.ts';
import {type Manifest, manifestOf} from './manifest.ts';
import type {Progress, RunOptions} from './options.ts';
import {siteStep} from './site.ts';

export interface RunResult {
  status: 'published' | 'unchanged';
  build: string;
  warehouse: string;
  manifest: Manifest;
  checks: CheckResult[];
  tests: TestResult[];
}

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
    await removeLeftovers(home);
    const chosen = await progress.step('land', (update) => landInputs(options, progress, update));
    const id = await buildId(chosen.map(({landed, schoolYears}) => ({...landed, schoolYears})));
    const built = await readManifest(join(home.builds, id));
    if (built) {
      await siteStep(home, id, options, progress);
      await publish(home, id);
      return {...built, status: 'unchanged', checks: [], tests: []};
    }
    const corrections = await readCorrections(join(projectFolder, 'corrections.yml'));
    const ingested = await progress.step('reshape', () => reshapeInputs(home, chosen, corrections));
    const result = await build(home, id, ingested, corrections, progress);
    await siteStep(home, id, options, progress);
    await progress.step('publish', async () => {
      await publish(home, id);
      return {result: undefined, summary: `build ${id}`};
    });
    return result;
  } finally {
    release();
  }
}

/** Builds that a killed run has left half made. */
async function removeLeftovers({builds}: Home): Promise<void> {
  for (const name of await readdir(builds).catch(() => [])) {
    if (name.endsWith('.tmp')) await rm(join(builds, name), {recursive: true, force: true});
  }
}

function whatIsSpent({id, schoolYear}: CorrectionResult): string {
  return `correction ${id} is spent: in ${schoolYear} there is nothing left to correct. Take it out of corrections.yml`;
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
    const graph = graphOf(await readProject(join(projectFolder, 'dbt')));
    await progress.step('build', async (update) => {
      await buildModels(db, graph, update);
      return {result: undefined, summary: counted(graph.project.models.length, 'model')};
    });
    tests = await progress.step('audit', async () => {
      const results = await runTests(db, graph);
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

function tally(results: readonly {status: string}[], what: string): string {
  const of = (status: string) => results.filter((result) => result.status === status).length;
  const parts = [`${counted(of('pass'), what)} passed`];
  if (of('warn') > 0) parts.push(`${of('warn')} warned`);
  if (of('error') > 0) parts.push(`${of('error')} failed`);
  return parts.join(', ');
}
