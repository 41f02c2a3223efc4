import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
import {literal, open, type Row} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {landCandidate, readSchoolYears} from '../../src/incoming/land-candidate.ts';
import {findCandidates, readCandidate} from '../../src/ingest/candidates.ts';
import {type CheckResult, checkLoaded} from '../../src/ingest/checks.ts';
import {loadCorrections} from '../../src/ingest/corrections.ts';
import type {Landed} from '../../src/ingest/land.ts';
import {type Ingested, load} from '../../src/ingest/load.ts';
import {openReshaping, reshape} from '../../src/ingest/reshape.ts';
import type {Reshaped} from '../../src/ingest/reshaped.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {readCorrections} from '../../src/sources/corrections.ts';
import type {Source} from '../../src/sources/source.ts';
import {sources} from '../../src/sources/sources.ts';
import {makeFolder} from './publisher.ts';
import {makeTemporaryFolder} from './temporary.ts';

const corrections = await readCorrections(join(projectFolder, 'corrections.yml'));

/** The result of a file: rows and rejects, or the message of its error. */
export type Tried =
  | {failure: string}
  | {
      failure?: undefined;
      landed: Landed;
      reshaped: Reshaped;
      /** Reads the rows of one of the file's tables, by line. */
      rows(table: string): Promise<Row[]>;
    };

/** The files of all tests are reshaped in one database, as those of a run are. */
const reshaping = await openReshaping(makeTemporaryFolder('reshaping'));
after(() => reshaping.close());

/**
 * Lands and reshapes a file with these bytes, in a folder that is removed after `use`. An error other than a Failure is a bug,
 * and is passed on.
 */
export async function tryReshape<T>(
  source: Source,
  contents: string | Uint8Array,
  use: (tried: Tried) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  const path = join(root, 'odd.csv');
  const lake = join(root, 'lake');
  try {
    writeFileSync(path, contents);
    const {landed} = await landCandidate(join(root, 'landing'), await readCandidate(path, source));
    const reshaped = await reshape(reshaping, lake, source, landed, {contractId: 'test', corrections});
    return await use({landed, reshaped, rows: (table) => readRows(lake, reshaped, table)});
  } catch (error) {
    if (error instanceof Failure) return await use({failure: error.message});
    throw error;
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

async function readRows(lake: string, {partitions}: Reshaped, table: string): Promise<Row[]> {
  const files = partitions.flatMap(({files}) => files[table] ?? []).map((file) => literal(join(lake, file)));
  if (files.length === 0) return [];
  const db = await open();
  try {
    return await db.rows(`select * from read_parquet([${files.join(', ')}]) order by line_number`);
  } finally {
    db.close();
  }
}

/** Lands, reshapes, loads and checks these files without a build, and returns the results of the checks. */
export async function checkFiles(
  files: Record<string, string | Uint8Array>,
  declared: readonly Source[] = sources,
): Promise<CheckResult[]> {
  const root = makeTemporaryFolder('checked');
  const lake = join(root, 'lake');
  const ingested: Ingested[] = [];
  for (const candidate of await findCandidates(await makeFolder(files), declared, () => {})) {
    const {source} = candidate;
    const {landed} = await landCandidate(join(root, 'landing'), candidate);
    const reshaped = await reshape(reshaping, lake, source, landed, {contractId: 'test', corrections});
    ingested.push({source, landed, reshaped, schoolYears: await readSchoolYears(candidate), isSample: false});
  }
  const db = await open();
  try {
    await load(db, lake, declared, ingested);
    await loadCorrections(db, corrections);
    return await checkLoaded(db, declared, ingested);
  } finally {
    db.close();
  }
}
