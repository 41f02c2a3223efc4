import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {readProject} from '../dbt/project/read-project.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {parseJson} from '../json.ts';
import {projectFolder} from '../project-folder.ts';
import {readThresholds, type Thresholds} from '../words/thresholds.ts';
import {type Manifest, manifestSchema} from './manifest.ts';

/** A build that is in the home. */
export interface Build {
  /** Its fingerprint; where the same build was made again (`--force`), with a number behind it. */
  id: string;
  folder: string;
  warehouse: string;
  manifest: Manifest;
}

/** A folder of a build that can't be used; `problem` is a sentence that names the file. */
export interface DamagedBuild {
  id: string;
  problem: string;
}

/** The builds of a home in the order in which they were made, and those that are damaged. */
export async function listBuilds(home: Home): Promise<{builds: Build[]; damaged: DamagedBuild[]}> {
  const found = await Promise.all((await namesIn(home)).map((id) => readBuild(home, id)));
  const builds = found
    .filter((each) => 'manifest' in each)
    .sort((a, b) => (a.manifest.builtAt + a.id < b.manifest.builtAt + b.id ? -1 : 1));
  return {builds, damaged: found.filter((each) => 'problem' in each)};
}

/** Reads the build of a folder that is there. */
export async function readBuild(home: Home, id: string): Promise<Build | DamagedBuild> {
  const folder = join(home.builds, id);
  const warehouse = join(folder, 'warehouse.duckdb');
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  const written = parseJson(manifestSchema.partial({thresholds: true}), text);
  if (written === undefined) return {id, problem: `${join(folder, 'manifest.json')} is damaged or gone.`};
  const size = await stat(warehouse).then(
    ({size}) => size,
    () => undefined,
  );
  if (size === undefined) return {id, problem: `${warehouse} is gone.`};
  if (written.bytes !== size) {
    return {id, problem: `${warehouse} is damaged: it has ${size} bytes instead of ${written.bytes}.`};
  }
  return {id, folder, warehouse, manifest: {...written, thresholds: written.thresholds ?? (await readOurThresholds())}};
}

let ours: Promise<Thresholds> | undefined;

/** Those of the project as it is now: for builds that were made before manifests had them. */
function readOurThresholds(): Promise<Thresholds> {
  ours ??= readProject(join(projectFolder, 'dbt')).then(({vars}) => readThresholds(vars));
  return ours;
}

/** What to do about a build that can't be read. */
export const wayOutOfDamage =
  'Make it anew with "npx rollcall run --force" and the same options as before, or go back to an older one with "npx rollcall rollback".';

/**
 * The latest build with a fingerprint, and the name that the next one would have.
 *
 * @throws Failure where it is damaged, unless `force` is given
 */
export async function findBuild(
  home: Home,
  fingerprint: string,
  {force = false}: {force?: boolean | undefined} = {},
): Promise<{build: Build | undefined; nextId: string}> {
  const numberOf = (id: string) => Number(id.slice(fingerprint.length + 1) || 1);
  const [last] = (await namesIn(home)).filter((id) => isOf(id, fingerprint)).sort((a, b) => numberOf(b) - numberOf(a));
  if (last === undefined) return {build: undefined, nextId: fingerprint};
  const found = await readBuild(home, last);
  if ('problem' in found && !force) throw new Failure(`${found.problem} ${wayOutOfDamage}`);
  return {
    build: 'problem' in found ? undefined : found,
    nextId: `${fingerprint}-${numberOf(last) + 1}`,
  };
}

/** Whether a build with this name has the fingerprint. */
export function isOf(id: string, fingerprint: string): boolean {
  return id.replace(/-\d+$/, '') === fingerprint;
}

/**
 * The build that people mean by the start of its name.
 *
 * @throws Failure where none or several have that start, or it is damaged
 */
export async function buildNamed(home: Home, start: string): Promise<Build> {
  const names = await namesIn(home);
  const matching = names.includes(start) ? [start] : names.filter((id) => id.startsWith(start));
  const [id, other] = matching;
  if (id === undefined) {
    throw new Failure(`${start}: there is no such build. There are: ${names.join(', ') || 'none'}.`, exit.usage);
  }
  if (other !== undefined) {
    throw new Failure(
      `${start}: more than one build begins like that (${id}, ${other}). Write more of it.`,
      exit.usage,
    );
  }
  const found = await readBuild(home, id);
  if ('problem' in found) throw new Failure(`${found.problem} ${wayOutOfDamage}`);
  return found;
}

async function namesIn({builds}: Home): Promise<string[]> {
  return (await readdir(builds).catch(() => [])).filter((name) => !name.endsWith('.tmp')).sort();
}
