import {randomUUID} from 'node:crypto';
import {mkdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import pLimit from 'p-limit';
import {exit, Failure} from '../failure.ts';
import {type Client, clientOf, type Patience, usualPatience} from '../fetch/http.ts';
import {countRows, describe, downloadExport, downloadPages, type Metadata} from '../fetch/socrata.ts';
import {writeWhole} from '../files.ts';
import {landCandidate} from '../ingest/candidates.ts';
import {type Inspection, inspect} from '../ingest/inspect.ts';
import {findLanded, type Landed} from '../ingest/land.ts';
import {match, recognise} from '../ingest/recognise.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {Chosen} from './partitions.ts';

/** A data set of the publisher's, and the school years that are taken from it. */
export interface Dataset {
  source: Source;
  id: string;
  schoolYears: SchoolYear[];
}

/** What is remembered of a data set that has landed, so that the next run can tell whether it has changed. */
export interface Known extends Metadata {
  id: string;
  sha256: string;
  etag: string | null;
  rows: number;
  /** UTC: when it was last asked for, changed or not. */
  checkedAt: string;
}

export interface Host {
  url: string;
  appToken?: string | undefined;
  patience?: Patience;
}

/** Where the state publishes: data.wa.gov, or what ROLLCALL_OSPI_URL names. */
export function hostFromEnvironment(env: NodeJS.ProcessEnv = process.env): Host {
  return {
    url: (env['ROLLCALL_OSPI_URL'] ?? 'https://data.wa.gov').replace(/\/+$/, ''),
    appToken: env['SOCRATA_APP_TOKEN'],
  };
}

/**
 * The data sets that give the school years wanted; where none are, every year that has both students and teachers.
 *
 * @throws Failure where a year is wanted that no source declares
 */
export function datasetsFor(years: readonly SchoolYear[] | undefined): Dataset[] {
  const published = sources.flatMap((source) => (source.datasets ? [{source, datasets: source.datasets}] : []));
  const declared = [...new Set(published.flatMap(({datasets}) => Object.keys(datasets)))].sort();
  const wanted = years ?? declared.filter((year) => published.every(({datasets}) => year in datasets));
  const undeclared = wanted.filter((year) => !declared.includes(year));
  if (undeclared.length > 0) {
    throw new Failure(
      `--years: ${undeclared.join(', ')} is not among the school years that are declared (${declared[0]} to ${declared.at(-1)}). A new year is a line in src/sources/.`,
      exit.usage,
    );
  }
  return published.flatMap(({source, datasets}) => {
    const years = wanted.filter((year) => year in datasets);
    return [...Map.groupBy(years, (year) => datasets[year] ?? '')].map(([id, schoolYears]) => ({
      source,
      id,
      schoolYears,
    }));
  });
}

const downloadsAtATime = 2;

/**
 * Lands what has changed at the publisher's, at most two data sets at a time. All are tried, so that what can land does, also
 * where another fails.
 *
 * @throws Failure with exit code 3 where a data set can't be had whole
 */
export async function landLive(
  landing: string,
  datasets: readonly Dataset[],
  host: Host,
  {note, update}: {note(text: string): void; update(text: string): void},
): Promise<{chosen: Chosen[]; fresh: number}> {
  const client = clientOf(host.url, host.appToken, host.patience ?? usualPatience);
  const limit = pLimit(downloadsAtATime);
  try {
    await assertReachable(client, host, datasets[0]);
    const settled = await Promise.allSettled(
      datasets.map((dataset) =>
        limit(() => {
          update(`${dataset.source.title} ${dataset.schoolYears.join(', ')}`);
          return fetchDataset(client, host, landing, dataset);
        }),
      ),
    );
    const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    const bug = failures.find((failure) => !(failure instanceof Failure));
    if (bug !== undefined) throw bug;
    if (failures.length > 0) {
      const sentences = failures.map((failure) => (failure as Failure).message).join(' ');
      throw new Failure(`${sentences} The published build is unchanged; run again later.`, exit.unreachable);
    }
    const fetched = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const chosen = fetched
      .map(({landed}, index) => chooseYears(datasets[index], landed, note))
      .filter((each) => each !== undefined);
    return {chosen, fresh: fetched.filter(({isNew}) => isNew).length};
  } finally {
    await client.close();
  }
}

/** Without a network, or at a wrong address, everything would fail one by one; this says it once, and soon. */
async function assertReachable(client: Client, host: Host, first: Dataset | undefined): Promise<void> {
  if (first === undefined) return;
  await describe(client, first.id).catch((error: Failure) => {
    if (/: it (answered|asks)/.test(error.message)) return;
    throw new Failure(
      `${host.url} can't be reached: ${error.message.replace(/^\S+: /, '')} The published build is unchanged. For the bundled sample: npm run demo. For files that you have: npx rollcall run --from DIR.`,
      exit.unreachable,
    );
  });
}

function chooseYears(dataset: Dataset | undefined, landed: Landed, note: (text: string) => void): Chosen | undefined {
  if (dataset === undefined) return undefined;
  const schoolYears = dataset.schoolYears.filter((year) => landed.schoolYears.includes(year));
  const absent = dataset.schoolYears.filter((year) => !landed.schoolYears.includes(year));
  if (absent.length > 0) note(`${dataset.source.title} (${dataset.id}) has no rows of ${absent.join(', ')}`);
  return schoolYears.length === 0 ? undefined : {source: dataset.source, landed, schoolYears};
}

/** Why what came is not the whole data set. */
class Incomplete extends Error {}

const tries = 3;

async function fetchDataset(
  client: Client,
  host: Host,
  landing: string,
  dataset: Dataset,
): Promise<{landed: Landed; isNew: boolean}> {
  const known = await readKnown(landing, dataset);
  let reason = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    const before = await describe(client, dataset.id).catch((error: unknown) => giveUp(dataset, error));
    if (known && known.rowsUpdatedAt === before.rowsUpdatedAt) {
      await remember(landing, dataset, {...known, checkedAt: new Date().toISOString()});
      return {landed: known.landed, isNew: false};
    }
    try {
      return await fetchOnce(client, host, landing, dataset, before, known);
    } catch (error) {
      if (!(error instanceof Failure || error instanceof Incomplete)) throw error;
      if (error instanceof Failure && error.exitCode !== exit.unreachable) throw error;
      reason = error.message;
    }
  }
  return giveUp(dataset, new Error(reason));
}

function giveUp({source, id, schoolYears}: Dataset, error: unknown): never {
  const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  throw new Failure(`${source.id} ${schoolYears.join(', ')} (data set ${id}): ${reason}.`, exit.unreachable);
}

/** Downloads the data set by one route, and by the other where that fails; it lands only if it is whole. */
async function fetchOnce(
  client: Client,
  host: Host,
  landing: string,
  dataset: Dataset,
  before: Metadata,
  known: (Known & {landed: Landed}) | undefined,
): Promise<{landed: Landed; isNew: boolean}> {
  const folder = join(landing, dataset.source.id);
  await mkdir(folder, {recursive: true});
  const path = join(folder, `${dataset.id}.${randomUUID()}.tmp`);
  try {
    const rows = await countRows(client, dataset.id);
    const now = () => ({...before, id: dataset.id, rows, checkedAt: new Date().toISOString()});
    const exported = await downloadExport(client, dataset.id, path, known?.etag ?? undefined)
      .then(async (answer) =>
        answer === 'unchanged' ? answer : {...answer, inspection: await whole(dataset, path, rows)},
      )
      .catch((error: unknown) => error as Error);
    if (exported === 'unchanged' && known) {
      await assertNotRepublished(client, dataset, before);
      await remember(landing, dataset, {...known, ...now()});
      return {landed: known.landed, isNew: false};
    }
    let found: {inspection: Inspection; etag: string | null};
    if (exported instanceof Error || exported === 'unchanged') {
      if (exported instanceof Error && !(exported instanceof Failure || exported instanceof Incomplete)) throw exported;
      await downloadPages(client, dataset.id, path, rows);
      found = {inspection: await whole(dataset, path, rows), etag: null};
    } else {
      found = exported;
    }
    await assertNotRepublished(client, dataset, before);
    const {landed, isNew} = await landCandidate(landing, {
      path,
      name: `${dataset.id}.csv`,
      origin: `${host.url}/api/views/${dataset.id}`,
      publishedAt: new Date(before.rowsUpdatedAt * 1000).toISOString(),
      source: dataset.source,
      inspection: found.inspection,
    });
    await remember(landing, dataset, {...now(), sha256: landed.sha256, etag: found.etag});
    return {landed, isNew};
  } finally {
    await rm(path, {force: true});
    await rm(`${path}.page`, {force: true});
  }
}

/** @throws Incomplete where what was downloaded is not the whole table that was expected */
async function whole({source}: Dataset, path: string, rows: number): Promise<Inspection> {
  const inspection = await inspect(path);
  if ('problem' in inspection) throw new Incomplete(`what came ${inspection.problem}`);
  const came = inspection.filledLines - 1;
  if (came !== rows) throw new Incomplete(`${came} rows came, but the publisher counts ${rows}`);
  if (recognise([source], inspection.layout.header) === undefined) {
    throw new Incomplete(
      `what came has not the columns of ${source.title}: ${inspection.layout.header.slice(0, 6).join(', ')}, …`,
    );
  }
  const {missing, unknown} = match(source, inspection.layout.header);
  if (missing.length > 0) {
    const names = missing.map(({label}) => `"${label}"`).join(', ');
    const candidates = unknown.map(({label}) => `"${label}"`).join(', ');
    throw new Incomplete(
      `column ${names} is missing${candidates ? ` (it has ${candidates}, which Rollcall does not know)` : ''}; ${source.feeds.join(', ')} can't be made without it. If the publisher renamed it, add the name to src/sources/${source.id}.ts`,
    );
  }
  return inspection;
}

async function assertNotRepublished(client: Client, {id}: Dataset, before: Metadata): Promise<void> {
  const after = await describe(client, id);
  if (after.rowsUpdatedAt !== before.rowsUpdatedAt)
    throw new Incomplete('it was published anew while it was downloaded');
}

function memoryOf(landing: string, {source, id}: Pick<Dataset, 'source' | 'id'>): string {
  return join(landing, source.id, `${id}.json`);
}

/** What is known of a data set, with its landed file; undefined where either is gone. */
export async function readKnown(
  landing: string,
  dataset: Pick<Dataset, 'source' | 'id'>,
): Promise<(Known & {landed: Landed}) | undefined> {
  const text = await readFile(memoryOf(landing, dataset), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const known = JSON.parse(text) as Known;
  const landed = await findLanded(landing, dataset.source, known.sha256);
  return landed && {...known, landed};
}

async function remember(
  landing: string,
  dataset: Dataset,
  {id, name, rowsUpdatedAt, sha256, etag, rows, checkedAt}: Known,
): Promise<void> {
  const known: Known = {id, name, rowsUpdatedAt, sha256, etag, rows, checkedAt};
  await writeWhole(memoryOf(landing, dataset), `${JSON.stringify(known, null, 2)}\n`);
}
