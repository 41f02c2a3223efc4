import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../failure.ts';
import {type Candidate, candidateFor, candidatesIn, landCandidate} from '../ingest/candidates.ts';
import {discard, isIntact, type Landed, shortHash} from '../ingest/land.ts';
import type {Ingested} from '../ingest/load.ts';
import {reshape} from '../ingest/reshape.ts';
import type {Correction} from '../sources/corrections.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import {contractId} from './fingerprint.ts';
import {type Home, projectFolder} from './home.ts';
import {datasetsFor, hostFromEnvironment, landLive} from './live.ts';
import {rowCounts} from './manifest.ts';
import {forget} from './memory.ts';
import type {Progress, RunOptions} from './options.ts';
import {type Chosen, choosePartitions} from './partitions.ts';

const sampleFolder = join(projectFolder, 'sample', 'files');

/** Lands what is not there yet, and settles which file gives which school year. */
export async function landInputs(options: RunOptions, {note}: Progress, update: (text: string) => void) {
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

function whatIsMissing(source: Source): string {
  return source === schoolList
    ? `no file of ${source.title}: the region is the declared one, and the school types are those that the grades tell`
    : `no file of ${source.title}: what rests on it stays unanswered`;
}

export async function reshapeInputs(home: Home, chosen: readonly Chosen[], corrections: readonly Correction[]) {
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

async function hashesIn(folder: string): Promise<Set<string>> {
  const names = await readdir(folder).catch(() => []);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return new Set(contents.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
}

/** `3 files`, `1 file`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
