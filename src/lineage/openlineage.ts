import {randomUUID} from 'node:crypto';
import {appendFile, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import packageJson from '#package.json' with {type: 'json'};
import {getErrorMessage} from '../failure.ts';

/** A data set of an event: where it is, what it is called there, and what is known of it. */
export interface Dataset {
  namespace: string;
  name: string;
  columns?: readonly {name: string; type: string}[];
  /** What its columns are made of: OpenLineage's facet. */
  columnLineage?: Facet | undefined;
  rows?: number;
}

/** A piece of work that reads data sets and writes others. */
export interface Job {
  name: string;
  kind: 'PIPELINE' | 'INGESTION' | 'MODEL';
  inputs: readonly Dataset[];
  outputs: readonly Dataset[];
  sql?: string;
}

export type Facet = Record<string, unknown>;
type State = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** Where events are sent, as OpenLineage's own clients are told. */
export interface Endpoint {
  url: string;
  apiKey?: string | undefined;
}

/** Who makes all events and facets, as a package URL: it names the package without claiming that a page or a repository exists. */
export const producer = `pkg:npm/${packageJson.name.replace('@', '%40')}@${packageJson.version}`;
const specification = 'https://openlineage.io/spec';
const schemaURL = `${specification}/2-0-2/OpenLineage.json#/$defs/RunEvent`;
const namespace = process.env['OPENLINEAGE_NAMESPACE'] || 'rollcall';
const longestRequest = 10_000;

/**
 * The endpoint that the environment names (OPENLINEAGE_URL, OPENLINEAGE_ENDPOINT, OPENLINEAGE_API_KEY), else the configured
 * one; none where OPENLINEAGE_DISABLED is true.
 */
export function readEndpoint(
  configured: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Endpoint | undefined {
  const base = env['OPENLINEAGE_URL'] || configured;
  if (base === undefined || env['OPENLINEAGE_DISABLED']?.toLowerCase() === 'true') return undefined;
  const path = env['OPENLINEAGE_ENDPOINT'] || 'api/v1/lineage';
  return {url: `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`, apiKey: env['OPENLINEAGE_API_KEY']};
}

/**
 * The OpenLineage events of one run: a line each in a file of its own, and a request each to the endpoint, where there is one.
 * Neither ever fails a run: the first trouble is told, and then the endpoint is left alone.
 */
export class OpenLineage {
  readonly #path: string;
  readonly #endpoint: Endpoint | undefined;
  readonly #runId: string;
  readonly #command: string;
  readonly #note: (text: string) => void;
  readonly #now: () => Date;
  #written: Promise<unknown>;
  #sent: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(
    folder: string,
    run: {runId: string; command: string},
    options: {endpoint?: Endpoint | undefined; note: (text: string) => void; now?: () => Date},
  ) {
    this.#path = join(folder, `${run.runId}.ndjson`);
    this.#written = mkdir(folder, {recursive: true}).catch(() => {});
    this.#runId = run.runId;
    this.#command = run.command;
    this.#endpoint = options.endpoint;
    this.#note = options.note;
    this.#now = options.now ?? (() => new Date());
  }

  /** What becomes of the run as a whole. */
  emitRun(
    state: State,
    {inputs = [], outputs = [], error}: {inputs?: Dataset[]; outputs?: Dataset[]; error?: string} = {},
  ) {
    const emitJob: Job = {name: this.#command, kind: 'PIPELINE', inputs, outputs};
    this.#emit(
      state,
      emitJob,
      this.#runId,
      this.#now(),
      error === undefined ? {} : {errorMessage: createErrorFacet(error)},
    );
  }

  /** A part of the run that has come to its end: two events. */
  job(job: Job, started: Date, ended: Date, error?: string): void {
    const parent = createFacet('1-1-0', 'ParentRunFacet', {
      run: {runId: this.#runId},
      job: {namespace, name: this.#command},
    });
    const runId = randomUUID();
    this.#emit('START', {...job, outputs: []}, runId, started, {parent});
    if (error === undefined) this.#emit('COMPLETE', job, runId, ended, {parent});
    else this.#emit('FAIL', job, runId, ended, {parent, errorMessage: createErrorFacet(error)});
  }

  /** Whether events go to an endpoint too. */
  get isSent(): boolean {
    return this.#endpoint !== undefined && !this.#hasFailed;
  }

  /** Waits until all that was told is written and sent. */
  async flush(): Promise<void> {
    await this.#written;
    await this.#sent;
  }

  #emit(
    eventType: State,
    {name, kind, inputs, outputs, sql}: Job,
    runId: string,
    at: Date,
    facets: Record<string, Facet>,
  ) {
    const event = {
      eventType,
      eventTime: at.toISOString(),
      producer,
      schemaURL,
      run: {runId, facets},
      job: {
        namespace,
        name,
        facets: {
          jobType: createFacet('2-0-3', 'JobTypeJobFacet', {
            processingType: 'BATCH',
            integration: 'ROLLCALL',
            jobType: kind,
          }),
          ...(sql !== undefined && {sql: createFacet('1-1-0', 'SQLJobFacet', {query: sql, dialect: 'duckdb'})}),
        },
      },
      inputs: inputs.map((dataset) => describeDataset(dataset)),
      outputs: outputs.map((dataset) => ({
        ...describeDataset(dataset),
        ...(dataset.rows !== undefined && {
          outputFacets: {
            outputStatistics: createFacet('1-0-2', 'OutputStatisticsOutputDatasetFacet', {rowCount: dataset.rows}),
          },
        }),
      })),
    };
    const text = JSON.stringify(event);
    // A full disk is told of by what needs it.
    this.#written = this.#written.then(() => appendFile(this.#path, `${text}\n`)).catch(() => {});
    if (this.#endpoint) {
      const endpoint = this.#endpoint;
      this.#sent = this.#sent.then(() => this.#send(text, endpoint));
    }
  }

  async #send(body: string, {url, apiKey}: Endpoint): Promise<void> {
    if (this.#hasFailed) return;
    const once = () =>
      fetch(url, {
        method: 'POST',
        headers: {'content-type': 'application/json', ...(apiKey && {authorization: `Bearer ${apiKey}`})},
        body,
        signal: AbortSignal.timeout(longestRequest),
      });
    try {
      // A connection that was kept open may have been closed at the other end by the time that it is used again.
      const response = await once().catch(once);
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    } catch (error) {
      this.#hasFailed = true;
      this.#note(
        `OpenLineage: ${url} did not take an event (${formatReason(error)}); the rest of this run's are only in ${this.#path}`,
      );
    }
  }
}

function formatReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const message = getErrorMessage(error);
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

function describeDataset({namespace, name, columns, columnLineage}: Dataset) {
  return {
    namespace,
    name,
    facets: {
      ...(columns && {schema: createFacet('1-1-1', 'SchemaDatasetFacet', {fields: columns})}),
      ...(columnLineage && {columnLineage}),
    },
  };
}

function createErrorFacet(message: string): Facet {
  return createFacet('1-0-1', 'ErrorMessageRunFacet', {message, programmingLanguage: 'TypeScript'});
}

function createFacet(version: string, name: string, fields: Facet): Facet {
  return {_producer: producer, _schemaURL: `${specification}/facets/${version}/${name}.json#/$defs/${name}`, ...fields};
}
