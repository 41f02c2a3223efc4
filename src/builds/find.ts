import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {readProject} from '../dbt/project/read-project.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {parseJson} from '../json.ts';
import {projectFolder} from '../project-folder.ts';
import {readThresholds, type Thresholds, thresholdsSchema} from '../words/thresholds.ts';
import {type Manifest, manifestSchema} from './manifest.ts';

/** A build in the home directory. */
export interface Build {
  /** Its fingerprint, with a number appended if the same build was made again (`--force`). */
  id: string;
  folder: string;
  warehouse: string;
  manifest: Manifest;
}

/** A build that can't be used. `problem` is a sentence that names the file. */
export interface DamagedBuild {
  id: string;
  problem: string;
}

/** Lists the builds of a home directory, oldest first, and the damaged ones. */
export async function listBuilds(home: Home): Promise<{builds: Build[]; damaged: DamagedBuild[]}> {
  const found = await Promise.all((await listIds(home)).map((id) => readBuild(home, id)));
  const builds = found
    .filter((each) => 'manifest' in each)
    .sort((a, b) => (a.manifest.builtAt + a.id < b.manifest.builtAt + b.id ? -1 : 1));
  return {builds, damaged: found.filter((each) => 'problem' in each)};
}

/** Reads the build of an existing folder. */
export async function readBuild(home: Home, id: string): Promise<Build | DamagedBuild> {
  const folder = join(home.builds, id);
  const warehouse = join(folder, 'warehouse.duckdb');
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  const written = parseJson(manifestSchema.extend({thresholds: thresholdsSchema.partial().optional()}), text);
  if (written === undefined) return {id, problem: `${join(folder, 'manifest.json')} is damaged or missing.`};
  const size = (await stat(warehouse).catch(() => undefined))?.size;
  if (size === undefined) return {id, problem: `${warehouse} is gone.`};
  if (written.bytes !== size) {
    return {id, problem: `${warehouse} is damaged: it has ${size} bytes instead of ${written.bytes}.`};
  }
  return {
    id,
    folder,
    warehouse,
    manifest: {...written, thresholds: await completeThresholds(written.thresholds)},
  };
}

let current: Promise<Thresholds> | undefined;

/** Completes the thresholds of a manifest with the project's current ones, for builds made before manifests had them all. */
async function completeThresholds(written = {}): Promise<Thresholds> {
  const complete = thresholdsSchema.safeParse(written).data;
  if (complete !== undefined) return complete;
  current ??= readProject(join(projectFolder, 'dbt')).then(({vars}) => readThresholds(vars));
  return thresholdsSchema.parse({...(await current), ...written});
}

/** What to do about a build that can't be read. Ends error messages. */
export const repairHint =
  'Rebuild it with "npx rollcall run --force" and the same options as before, or go back to an older build with "npx rollcall rollback".';

/**
 * Finds the latest build with a fingerprint, and the id that the next one would get.
 *
 * @throws Failure if that build is damaged, unless `force` is given
 */
export async function findBuild(
  home: Home,
  fingerprint: string,
  {force = false}: {force?: boolean | undefined} = {},
): Promise<{build: Build | undefined; nextId: string}> {
  const numberOf = (id: string) => Number(id.slice(fingerprint.length + 1) || 1);
  const [last] = (await listIds(home))
    .filter((id) => hasFingerprint(id, fingerprint))
    .sort((a, b) => numberOf(b) - numberOf(a));
  if (last === undefined) return {build: undefined, nextId: fingerprint};
  const found = await readBuild(home, last);
  if ('problem' in found && !force) throw new Failure(`${found.problem} ${repairHint}`);
  return {
    build: 'problem' in found ? undefined : found,
    nextId: `${fingerprint}-${numberOf(last) + 1}`,
  };
}

/** Returns whether the build with this id has the fingerprint. */
export function hasFingerprint(id: string, fingerprint: string): boolean {
  return id.replace(/-\d+$/, '') === fingerprint;
}

/**
 * Finds a build by the start of its id.
 *
 * @throws Failure (exit 2) if no id or several ids have that start, or (exit 1) if the build is damaged
 */
export async function requireBuild(home: Home, start: string): Promise<Build> {
  const names = await listIds(home);
  const matching = names.includes(start) ? [start] : names.filter((id) => id.startsWith(start));
  const [id, other] = matching;
  if (id === undefined) {
    throw new Failure(`${start}: there is no such build. There are: ${names.join(', ') || 'none'}.`, exit.usage);
  }
  if (other !== undefined) {
    throw new Failure(
      `${start}: more than one build begins like that (${id}, ${other}). Write more of its id.`,
      exit.usage,
    );
  }
  const found = await readBuild(home, id);
  if ('problem' in found) throw new Failure(`${found.problem} ${repairHint}`);
  return found;
}

async function listIds({builds}: Home): Promise<string[]> {
  return (await readdir(builds).catch(() => [])).filter((name) => !name.endsWith('.tmp')).sort();
}
