import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type Client, Unreachable} from '../fetch/http.ts';
import {countRows, downloadExport, downloadPages, type Metadata, readMetadata} from '../fetch/socrata.ts';
import {type Candidate, landCandidate, readSchoolYears} from '../ingest/candidates.ts';
import {inspect} from '../ingest/inspect.ts';
import {type Landed, shortenHash} from '../ingest/land.ts';
import {matchHeader, recognize} from '../ingest/recognize.ts';
import type {Asked, Dataset} from './datasets.ts';
import type {Host} from './host.ts';
import {type KnownLanded, remember} from './remembered.ts';

/** An error with the data set that it is about in front, as the one sentence that people get to see. */
export function named({source, schoolYears, id}: Dataset, error: unknown, kept = ''): unknown {
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
export class Download {
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
        before = await readMetadata(this.#client, this.#dataset.id, this.#signal);
        if (known && known.rowsUpdatedAt === before.rowsUpdatedAt && !this.#refresh)
          return await this.#unchanged(known, before, known.rows);
      }
    } catch (error) {
      const kept =
        error instanceof Drifted
          ? ` Landed file ${shortenHash((await landCandidate(this.#landing, error.candidate)).landed)} is kept.`
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
    if (recognize([source], header) === undefined) {
      throw new Incomplete(`what came has not the columns of ${source.title}: ${header.slice(0, 6).join(', ')}, …`);
    }
    const {missing, unknown, twice} = matchHeader(source, header);
    const names = (labels: readonly {label: string}[]) => labels.map(({label}) => `"${label}"`).join(', ');
    if (missing.length > 0) {
      throw new Drifted(
        `column ${names(missing)} is missing${unknown.length > 0 ? ` (it has ${names(unknown)}, which Rollcall does not know)` : ''}; ${source.feeds.join(', ')} can't be made without it. If the publisher renamed it, add the name to src/sources/${source.id}.ts`,
        candidate,
      );
    }
    if (twice.length > 0)
      throw new Drifted(`column "${twice[0]}" stands there twice, and nothing says which is right`, candidate);
    const years = await readSchoolYears(candidate);
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
    const after = await readMetadata(this.#client, this.#dataset.id, this.#signal);
    if (after.rowsUpdatedAt !== before.rowsUpdatedAt)
      throw new Incomplete('it was published anew while it was downloaded');
  }
}

function now(): string {
  return new Date().toISOString();
}
