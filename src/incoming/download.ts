import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type Client, Unreachable} from '../fetch/http.ts';
import {countRows, downloadExport, downloadPages, type Metadata, readMetadata} from '../fetch/socrata.ts';
import {makeTemporaryName} from '../files.ts';
import type {Candidate} from '../ingest/candidates.ts';
import {inspect} from '../ingest/inspect.ts';
import {type Landed, shortenHash, withRemarks} from '../ingest/land.ts';
import {matchHeader, recognize} from '../ingest/recognize.ts';
import {isNamedPreliminary} from '../sources/preliminary.ts';
import {type Dataset, type DatasetStatus, isSameTime} from './datasets.ts';
import type {Host} from './host.ts';
import {landCandidate, readSchoolYears} from './land-candidate.ts';
import {type RememberedFile, remember} from './remembered.ts';

/** Puts the data set in front of an error's message. Errors that are not about the download are returned unchanged. */
export function nameDataset({source, schoolYears, id}: Dataset, error: unknown, kept = ''): unknown {
  if (!(error instanceof Unreachable || error instanceof Incomplete)) return error;
  // Without its host, every data set fails alike.
  if (error instanceof Unreachable && error.kind === 'absent') return error;
  return new Unreachable(
    `${source.id} ${schoolYears.join(', ')} (data set ${id}): ${error.message.replace(/\.$/, '')}.${kept}`,
    error instanceof Unreachable ? error.kind : 'other',
    error instanceof Unreachable ? error.reply : undefined,
  );
}

/** The download is not the whole data set. Another try may get it. */
class Incomplete extends Error {}

/** The download is whole, but its columns or school years are not the declared ones. Another try won't help. */
class Drifted extends Incomplete {
  readonly candidate: Candidate;

  constructor(message: string, candidate: Candidate) {
    super(message);
    this.candidate = candidate;
  }
}

export interface Downloaded {
  dataset: Dataset;
  landed: Landed;
  isNew: boolean;
}

/** What to download, and where to. */
interface Job {
  client: Client;
  host: Host;
  landing: string;
  status: DatasetStatus;
  refresh: boolean;
  mayLackYears: boolean;
  signal: AbortSignal;
}

const tries = 3;

/** Downloads one data set, with several tries until it is whole. */
export class Download {
  readonly #job: Job;
  readonly #dataset: Dataset;
  readonly #path: string;

  constructor(job: Job) {
    this.#job = job;
    this.#dataset = job.status.dataset;
    this.#path = makeTemporaryName(join(job.landing, this.#dataset.source.id, this.#dataset.id));
  }

  async run(): Promise<Downloaded> {
    const {known} = this.#job.status;
    let before = this.#job.status.metadata;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#fetch(before, this.#job.refresh ? undefined : known);
        } catch (error) {
          if (!(error instanceof Incomplete) || error instanceof Drifted || attempt === tries) throw error;
        }
        before = await readMetadata(this.#job.client, this.#dataset.id, this.#job.signal);
        if (known && isSameTime(known, before) && !this.#job.refresh)
          return await this.#keepKnown(known, before, known.rows);
      }
    } catch (error) {
      const kept =
        error instanceof Drifted
          ? ` Landed file ${shortenHash((await landCandidate(this.#job.landing, error.candidate)).landed)} is kept.`
          : '';
      throw nameDataset(this.#dataset, error, kept);
    } finally {
      await rm(this.#path, {force: true});
    }
  }

  /** Downloads the export, or page by page if the export fails. Lands the file only if it is whole. */
  async #fetch(before: Metadata, known: RememberedFile | undefined): Promise<Downloaded> {
    const {source, id} = this.#dataset;
    const {client, landing, signal} = this.#job;
    await mkdir(join(landing, source.id), {recursive: true});
    const rows = await countRows(client, id, signal);
    const isSameCount = known !== undefined && known.landed.filledLines - 1 === rows;
    let candidate: Candidate;
    let etag: string | null = null;
    try {
      const options = {etag: isSameCount ? (known.etag ?? undefined) : undefined, signal};
      const answer = await downloadExport(client, id, this.#path, rows, options);
      if (answer === 'unchanged') {
        if (known === undefined)
          throw new Incomplete('the publisher answered "not modified", but no earlier file is here');
        await this.#assertNotRepublished(before, rows);
        return await this.#keepKnown(known, before, rows);
      }
      etag = answer.etag;
      candidate = await this.#inspectWhole(before, rows);
    } catch (error) {
      if (!(error instanceof Incomplete || (error instanceof Unreachable && error.kind === 'other'))) throw error;
      await downloadPages(client, id, this.#path, rows, {signal});
      candidate = await this.#inspectWhole(before, rows);
    }
    await this.#assertNotRepublished(before, rows);
    const {landed, isNew} = await landCandidate(landing, candidate);
    await remember(landing, this.#dataset, {...before, id, sha256: landed.sha256, etag, rows});
    return {dataset: this.#dataset, landed, isNew};
  }

  async #keepKnown(known: RememberedFile, metadata: Metadata, rows: number): Promise<Downloaded> {
    await remember(this.#job.landing, this.#dataset, {...known, ...metadata, rows});
    const isPreliminary = isNamedPreliminary(metadata.name);
    return {dataset: this.#dataset, landed: withRemarks(known.landed, {isPreliminary}), isNew: false};
  }

  /**
   * Checks that the download is the whole data set and matches its declaration.
   *
   * @throws Incomplete if it is not whole
   * @throws Drifted if it is whole, but has other columns or school years than declared
   */
  async #inspectWhole(before: Metadata, rows: number): Promise<Candidate> {
    const {source, id, schoolYears} = this.#dataset;
    const inspection = await inspect(this.#path);
    if ('problem' in inspection) throw new Incomplete(`the download ${inspection.problem}`);
    const came = inspection.filledLines - 1;
    if (rows === 0) throw new Incomplete('it has no rows');
    if (came !== rows) throw new Incomplete(`${came} rows arrived, but the publisher counts ${rows}`);
    if (!inspection.endsWithLineBreak) throw new Incomplete('the download ends in the middle of a row');
    const candidate: Candidate = {
      path: this.#path,
      name: `${id}.csv`,
      origin: `${this.#job.host.url}/api/views/${id}`,
      ...(before.rowsUpdatedAt !== null && {publishedAt: new Date(before.rowsUpdatedAt * 1000).toISOString()}),
      ...(before.license !== undefined && {license: before.license}),
      isPreliminary: isNamedPreliminary(before.name),
      source,
      inspection,
    };
    const {header} = inspection.layout;
    if (recognize([source], header) === undefined) {
      throw new Incomplete(
        `the download doesn't have the columns of ${source.title}: ${header.slice(0, 6).join(', ')}, …`,
      );
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
      throw new Drifted(`column "${twice[0]}" occurs twice, and nothing says which is right`, candidate);
    const years = await readSchoolYears(candidate);
    const absent = schoolYears.filter((year) => !years.includes(year));
    if (absent.length > 0 && !(this.#job.mayLackYears && absent.length < schoolYears.length)) {
      throw new Drifted(
        `it has no rows of ${absent.join(', ')} (it has ${years.join(', ') || 'no readable school year'}). Choose other years with --years`,
        {...candidate, schoolYears: years},
      );
    }
    return {...candidate, schoolYears: years};
  }

  async #assertNotRepublished(before: Metadata, rows: number): Promise<void> {
    const {client, signal} = this.#job;
    const after = await readMetadata(client, this.#dataset.id, signal);
    const isUndated = after.rowsUpdatedAt === null || before.rowsUpdatedAt === null;
    const isOther = isUndated
      ? (await countRows(client, this.#dataset.id, signal)) !== rows
      : after.rowsUpdatedAt !== before.rowsUpdatedAt;
    if (isOther) throw new Incomplete('the publisher updated it during the download');
  }
}
