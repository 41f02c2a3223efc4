import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {projectFolder} from './home.ts';

/** The code that decides what a reshaped file looks like. */
const ingestCode = ['corrections.yml', 'src/sources', 'src/ingest', 'src/warehouse/duckdb.ts', 'package-lock.json'];
/** The code that, beyond that, decides what a build looks like. */
const buildCode = [
  'src/warehouse',
  'src/runs',
  ...['dbt_project.yml', 'models', 'macros', 'seeds', 'data-tests'].map((path) => `dbt/${path}`),
];

/** Twelve hexadecimal digits that change with anything that could change how a landed file is reshaped. */
export function contractId(): Promise<string> {
  return hashOf(ingestCode, []);
}

/**
 * The name of the build that these inputs make with this code. The same inputs have the same name, so a build that is
 * already there is not made again.
 */
export function buildId(
  inputs: readonly {sourceId: string; sha256: string; schoolYears: readonly string[]}[],
): Promise<string> {
  const named = inputs.map(({sourceId, sha256, schoolYears}) => [sourceId, sha256, ...schoolYears].join(' ')).sort();
  return hashOf([...ingestCode, ...buildCode], named);
}

async function hashOf(paths: readonly string[], more: readonly string[]): Promise<string> {
  const files = (await Promise.all(paths.map(filesUnder))).flat();
  const hash = createHash('sha256');
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries()) {
    hash
      .update(`${relative(projectFolder, file)}\0`)
      .update(contents[index] ?? '')
      .update('\0');
  }
  for (const line of more) hash.update(`${line}\0`);
  return hash.digest('hex').slice(0, 12);
}

async function filesUnder(path: string): Promise<string[]> {
  const absolute = join(projectFolder, path);
  const entries = await readdir(absolute, {withFileTypes: true, recursive: true}).catch(() => undefined);
  if (entries === undefined) return [absolute];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
