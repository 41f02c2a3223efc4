import {existsSync} from 'node:fs';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {exit, Failure, getErrorCode} from '../failure.ts';
import type {Home} from '../home.ts';
import {projectFolder} from '../project-folder.ts';
import {parseJson} from '../schemas.ts';
import {readThresholds, type Thresholds, thresholdsSchema} from '../words/thresholds.ts';
import {type Manifest, manifestSchema} from './manifest.ts';
import {isPublishedCopy, readNamedId, readPublishedId} from './published-id.ts';

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

/** Older builds lack thresholds. */
const writtenSchema = v.object({...manifestSchema.entries, thresholds: v.optional(v.partial(thresholdsSchema))});

/** Reads the build of an existing folder. */
export async function readBuild(home: Home, id: string): Promise<Build | DamagedBuild> {
  const place = join(home.builds, id);
  const folder = !existsSync(place) && isPublishedCopy(home) ? home.published : place;
  const warehouse = join(folder, 'warehouse.duckdb');
  const manifest = join(folder, 'manifest.json');
  const text = await readFile(manifest, 'utf8').catch((error: Error) => error);
  if (text instanceof Error && getErrorCode(text) !== 'ENOENT')
    return {id, problem: describeUnreadable(manifest, text)};
  const written = typeof text === 'string' ? parseManifest(text) : undefined;
  if (written === undefined) return {id, problem: `${manifest} is damaged or missing.`};
  const found = await stat(warehouse).catch((error: Error) => error);
  if (found instanceof Error) {
    const problem = getErrorCode(found) === 'ENOENT' ? `${warehouse} is gone.` : describeUnreadable(warehouse, found);
    return {id, problem};
  }
  const {size} = found;
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

let last: {text: string; written: v.InferOutput<typeof writtenSchema> | undefined} | undefined;

/** Parses a manifest, unless it is the one that was parsed last: a run reads that of the published build several times. */
function parseManifest(text: string) {
  if (last?.text !== text) last = {text, written: parseJson(writtenSchema, text)};
  return last.written;
}

function describeUnreadable(path: string, {message}: Error): string {
  return `${path} can't be read (${message}).`;
}

let current: Promise<Thresholds> | undefined;

/** Completes the thresholds of a manifest with the project's current ones, for builds made before manifests had them all. */
async function completeThresholds(written = {}): Promise<Thresholds> {
  if (v.is(thresholdsSchema, written)) return written;
  current ??= readCurrentThresholds();
  return v.parse(thresholdsSchema, {...(await current), ...written});
}

/** Reads the thresholds of the project. Loads its reader here, since most builds have thresholds of their own. */
export async function readCurrentThresholds(): Promise<Thresholds> {
  const {readProject} = await import('../dbt/project/read-project.ts');
  const {vars} = await readProject(join(projectFolder, 'dbt'));
  return readThresholds(vars);
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

/** Lists what Rollcall made in `builds/`, which it knows by the name or by the manifest. Whatever else is there is someone else's. */
async function listIds(home: Home): Promise<string[]> {
  const {builds} = home;
  const names = await readdir(builds).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const ours = names.filter((name) => /^[0-9a-f]{12}(-\d+)?$/.test(name) || readNamedId(join(builds, name)) === name);
  const copied = isPublishedCopy(home) ? await readPublishedId(home) : undefined;
  return [...new Set([...ours, ...(copied === undefined ? [] : [copied])])].sort();
}
