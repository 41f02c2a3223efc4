import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import pLimit from 'p-limit';
import {exit, Failure} from '../failure.ts';
import {type Client, clientOf, type Patience, Unreachable, usualPatience} from '../fetch/http.ts';
import {countRows, describe, downloadExport, downloadPages, type Metadata} from '../fetch/socrata.ts';
import {type Candidate, landCandidate, schoolYearsOf} from '../ingest/candidates.ts';
import {inspect} from '../ingest/inspect.ts';
import {type Landed, shortHash} from '../ingest/land.ts';
import {match, recognise} from '../ingest/recognise.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {Incoming} from './incoming.ts';
import {isRemembered, type KnownLanded, readKnown, remember} from './remembered.ts';

/** A data set of the publisher's, and the school years that are taken from it. */
export interface Dataset {
  source: Source;
  id: string;
  schoolYears: SchoolYear[];
}

export interface Host {
  url: string;
  appToken?: string | undefined;
  patience?: Patience;
}

/**
 * Where the state publishes: data.wa.gov, or what ROLLCALL_OSPI_URL names.
 *
 * @throws Failure where that is no address
 */
export function hostFromEnvironment(env: NodeJS.ProcessEnv = process.env): Host {
  const url = (env['ROLLCALL_OSPI_URL'] || 'https://data.wa.gov').replace(/\/+$/, '');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Failure(`ROLLCALL_OSPI_URL: "${url}" is no address. Write it like https://data.wa.gov.`, exit.usage);
  }
  return {url, appToken: env['SOCRATA_APP_TOKEN']?.trim()};
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

const requestsAtATime = 2;
/** How long one data set may take in all, its retries included. Milliseconds. */
const longestDownload = 30 * 60_000;

/** What the publisher said of a data set, and what is known of it from before. */
export interface Asked {
  dataset: Dataset;
  metadata: Metadata;
  known: KnownLanded | undefined;
}

export interface LiveOptions {
  host: Host;
  /** Downloads also what seems not to have changed. */
  refresh?: boolean | undefined;
  /** Ends requests early. */
  stop?: AbortSignal | undefined;
}

/**
 * Asks the publisher for the description of each data set, at most two at a time, and writes nothing.
 *
 * @returns what is to be done for each data set, and what kept others from being asked; `gone` where the host is not there, or
 *   wants to be left alone
 */
export async function planLive(
  landing: string,
  datasets: readonly Dataset[],
  {host, refresh, stop}: LiveOptions,
  update: (text: string) => void,
): Promise<{incoming: Incoming[]; failures: unknown[]}> {
  return eachOf(datasets, host, stop, async (client, dataset, signal) => {
    update(`asking for ${dataset.source.title} ${dataset.schoolYears.join(', ')}`);
    const {source, id, schoolYears} = dataset;
    const known = await readKnown(landing, dataset);
    const metadata = await describe(client, id, signal).catch((error) => {
      throw named(dataset, error);
    });
    const asked: Asked = {dataset, metadata, known};
    const at = {source, fileName: id, schoolYears, asked};
    if (known && known.rowsUpdatedAt === metadata.rowsUpdatedAt && !refresh) {
      return {...at, landing: {action: 'keep', reason: 'unchanged'}, sha256: known.sha256, landed: known.landed};
    }
    const isKnown = known !== undefined && known.rowsUpdatedAt === metadata.rowsUpdatedAt;
    const reason = isKnown ? 'refresh' : known ? 'changed' : (await isRemembered(landing, dataset)) ? 'gone' : 'new';
    return {...at, landing: {action: 'download', reason}, sha256: null};
  });
}

/**
 * Lands what is to be downloaded, at most two data sets at a time. All are tried, so that what can land does, also where another
 * fails; only where the host is not there, or wants to be left alone, the others are not asked for.
 */
export async function landLive(
  landing: string,
  incoming: readonly Incoming[],
  {host, refresh, stop}: LiveOptions,
  update: (text: string) => void,
): Promise<{landed: Fetched[]; failures: unknown[]}> {
  const all = incoming.flatMap(({asked, landing: {action}}) => (asked && action === 'download' ? [asked] : []));
  const {incoming: landed, failures} = await eachOf(all, host, stop, async (client, asked, signal) => {
    update(`${asked.dataset.source.title} ${asked.dataset.schoolYears.join(', ')}`);
    return new Download(client, host, landing, asked, refresh === true, signal).run();
  });
  return {landed, failures};
}

/** Does something for each, two at a time. After a failure that says that the host is not there, no other is begun. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  host: Host,
  stop: AbortSignal | undefined,
  work: (client: Client, item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<{incoming: Result[]; failures: unknown[]}> {
  const client = await clientOf(host.url, host.appToken, host.patience ?? usualPatience);
  const limit = pLimit(requestsAtATime);
  const gone = new AbortController();
  try {
    const settled = await Promise.allSettled(
      items.map((item) =>
        limit(async () => {
          const ends = [gone.signal, AbortSignal.timeout(longestDownload), ...(stop ? [stop] : [])];
          try {
            return await work(client, item, AbortSignal.any(ends));
          } catch (error) {
            if (error instanceof Unreachable && error.kind !== 'other') gone.abort(error);
            throw error;
          }
        }),
      ),
    );
    return {
      incoming: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
      failures: settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
    };
  } finally {
    await client.close();
  }
}

/** Whether the host itself is the trouble, so that asking it for anything else is no use. */
export function isHostGone(failures: readonly unknown[]): boolean {
  return failures.some((failure) => failure instanceof Unreachable && failure.kind !== 'other');
}

/** Notes that the publisher was asked for what has not changed. */
export async function rememberAsked(landing: string, incoming: readonly Incoming[]): Promise<void> {
  for (const {asked, landing: planned} of incoming) {
    if (asked?.known === undefined || planned.action !== 'keep') continue;
    await remember(landing, asked.dataset, {...asked.known, ...asked.metadata, checkedAt: now()});
  }
}

/** What failed, each thing said once. */
export function together(failures: readonly unknown[], host: Host): unknown {
  const other = failures.find((failure) => !(failure instanceof Failure));
  if (other !== undefined) return other;
  const gone = failures.find((failure) => failure instanceof Unreachable && failure.kind === 'absent');
  if (gone instanceof Unreachable) {
    return new Failure(
      `${host.url} can't be reached: ${gone.message.replace(/^\S+: /, '')} The published build is unchanged. For the bundled sample: npm run demo. For files that you have: npx rollcall run --from DIR.`,
      exit.unreachable,
    );
  }
  const sentences = new Set(failures.map((failure) => (failure as Failure).message));
  return new Failure(
    `${[...sentences].join(' ')} The published build is unchanged; run again later.`,
    exit.unreachable,
  );
}

/** An error with the data set that it is about in front, as the one sentence that people get to see. */
function named({source, schoolYears, id}: Dataset, error: unknown, kept = ''): unknown {
  if (!(error instanceof Unreachable || error instanceof Incomplete)) return error;
  return new Unreachable(
    `${source.id} ${schoolYears.join(', ')} (data set ${id}): ${error.message.replace(/\.$/, '')}.${kept}`,
    error instanceof Unreachable ? error.kind : 'other',
  );
}

/** What came is not the whole data set, and may be the next time. */
class Incomplete extends Error {}

/** What came is the whole data set, but not with the columns that are declared. */
class Drifted extends Incomplete {
  readonly candidate: Candidate;

  constructor(message: string, candidate: Candidate) {
    super(message);
    this.candidate = candidate;
  }
}

export interface Fetched {
  dataset: Dataset;
  landed: Landed;
  isNew: boolean;
}

const tries = 3;

/** The download of one data set, as often as it takes to have it whole. */
class Download {
  readonly #client: Client;
  readonly #host: Host;
  readonly #landing: string;
  readonly #asked: Asked;
  readonly #dataset: Dataset;
  readonly #refresh: boolean;
  readonly #signal: AbortSignal;
  readonly #path: string;

  constructor(client: Client, host: Host, landing: string, asked: Asked, refresh: boolean, signal: AbortSignal) {
    this.#client = client;
    this.#host = host;
    this.#landing = landing;
    this.#asked = asked;
    this.#dataset = asked.dataset;
    this.#refresh = refresh;
    this.#signal = signal;
    this.#path = join(landing, asked.dataset.source.id, `${asked.dataset.id}.download`);
  }

  async run(): Promise<Fetched> {
    const {known} = this.#asked;
    let before = this.#asked.metadata;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#fetch(before, this.#refresh ? undefined : known);
        } catch (error) {
          if (!(error instanceof Incomplete) || error instanceof Drifted || attempt === tries) throw error;
        }
        before = await describe(this.#client, this.#dataset.id, this.#signal);
        if (known && known.rowsUpdatedAt === before.rowsUpdatedAt && !this.#refresh)
          return await this.#unchanged(known, before, known.rows);
      }
    } catch (error) {
      const kept =
        error instanceof Drifted
          ? ` Landed file ${shortHash((await landCandidate(this.#landing, error.candidate)).landed)} is kept.`
          : '';
      throw named(this.#dataset, error, kept);
    } finally {
      await rm(this.#path, {force: true});
    }
  }

  /** Downloads by the export, and by pages where that fails; what comes lands only if it is whole. */
  async #fetch(before: Metadata, known: KnownLanded | undefined): Promise<Fetched> {
    const {source, id} = this.#dataset;
    await mkdir(join(this.#landing, source.id), {recursive: true});
    const rows = await countRows(this.#client, id, this.#signal);
    const isSameCount = known !== undefined && known.landed.filledLines - 1 === rows;
    let candidate: Candidate;
    let etag: string | null = null;
    try {
      const options = {etag: isSameCount ? (known.etag ?? undefined) : undefined, signal: this.#signal};
      const answer = await downloadExport(this.#client, id, this.#path, options);
      if (answer === 'unchanged') {
        if (known === undefined) throw new Incomplete('it said that nothing has changed, to somebody who has nothing');
        await this.#assertNotRepublished(before);
        return await this.#unchanged(known, before, rows);
      }
      etag = answer.etag;
      candidate = await this.#whole(before, rows);
    } catch (error) {
      if (!(error instanceof Incomplete || (error instanceof Unreachable && error.kind === 'other'))) throw error;
      await downloadPages(this.#client, id, this.#path, rows, {signal: this.#signal});
      candidate = await this.#whole(before, rows);
    }
    await this.#assertNotRepublished(before);
    const {landed, isNew} = await landCandidate(this.#landing, candidate);
    await remember(this.#landing, this.#dataset, {...before, id, sha256: landed.sha256, etag, rows, checkedAt: now()});
    return {dataset: this.#dataset, landed, isNew};
  }

  async #unchanged(known: KnownLanded, metadata: Metadata, rows: number): Promise<Fetched> {
    await remember(this.#landing, this.#dataset, {...known, ...metadata, rows, checkedAt: now()});
    return {dataset: this.#dataset, landed: known.landed, isNew: false};
  }

  /**
   * @throws Incomplete where what was downloaded is not the whole data set
   * @throws Drifted where it is, but its columns are not those that are declared
   */
  async #whole(before: Metadata, rows: number): Promise<Candidate> {
    const {source, id, schoolYears} = this.#dataset;
    const inspection = await inspect(this.#path);
    if ('problem' in inspection) throw new Incomplete(`what came ${inspection.problem}`);
    const came = inspection.filledLines - 1;
    if (rows === 0) throw new Incomplete('it has no rows');
    if (came !== rows) throw new Incomplete(`${came} rows came, but the publisher counts ${rows}`);
    if (!inspection.endsWithLineBreak) throw new Incomplete('what came ends in the middle of a row');
    const candidate: Candidate = {
      path: this.#path,
      name: `${id}.csv`,
      origin: `${this.#host.url}/api/views/${id}`,
      publishedAt: new Date(before.rowsUpdatedAt * 1000).toISOString(),
      ...(before.license !== undefined && {license: before.license}),
      source,
      inspection,
    };
    const {header} = inspection.layout;
    if (recognise([source], header) === undefined) {
      throw new Incomplete(`what came has not the columns of ${source.title}: ${header.slice(0, 6).join(', ')}, …`);
    }
    const {missing, unknown, twice} = match(source, header);
    const names = (labels: readonly {label: string}[]) => labels.map(({label}) => `"${label}"`).join(', ');
    if (missing.length > 0) {
      throw new Drifted(
        `column ${names(missing)} is missing${unknown.length > 0 ? ` (it has ${names(unknown)}, which Rollcall does not know)` : ''}; ${source.feeds.join(', ')} can't be made without it. If the publisher renamed it, add the name to src/sources/${source.id}.ts`,
        candidate,
      );
    }
    if (twice.length > 0)
      throw new Drifted(`column "${twice[0]}" stands there twice, and nothing says which is right`, candidate);
    const years = await schoolYearsOf(candidate);
    const absent = schoolYears.filter((year) => !years.includes(year));
    if (absent.length > 0) {
      throw new Drifted(
        `it has no rows of ${absent.join(', ')} (it has ${years.join(', ') || 'no school year that can be read'}). Another choice of years is --years`,
        {...candidate, schoolYears: years},
      );
    }
    return {...candidate, schoolYears: years};
  }

  async #assertNotRepublished(before: Metadata): Promise<void> {
    const after = await describe(this.#client, this.#dataset.id, this.#signal);
    if (after.rowsUpdatedAt !== before.rowsUpdatedAt)
      throw new Incomplete('it was published anew while it was downloaded');
  }
}

function now(): string {
  return new Date().toISOString();
}
