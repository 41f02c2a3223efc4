import {randomUUID} from 'node:crypto';
import {appendFile, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import packageJson from '#package.json' with {type: 'json'};
import {getErrorMessage} from '../failure.ts';
import {createDispatcher} from '../proxies.ts';
import {type Address, readHeaderToken, redact, splitCredentials, writeJsonHeaders} from '../secrets.ts';

/** A data set in an event, with its facets. */
export interface Dataset {
  namespace: string;
  name: string;
  columns?: readonly {name: string; type: string}[];
  /** OpenLineage's facet for the lineage of its columns. */
  columnLineage?: Facet | undefined;
  rows?: number;
}

/** Work that reads data sets and writes others. */
export interface Job {
  name: string;
  kind: 'PIPELINE' | 'INGESTION' | 'MODEL';
  inputs: readonly Dataset[];
  outputs: readonly Dataset[];
  sql?: string;
}

export type Facet = Record<string, unknown>;
type State = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** The endpoint that receives the events. */
export interface Endpoint extends Address {
  apiKey?: string | undefined;
}

/** The producer of all events and facets, as a package URL, which doesn't claim that a page or repository exists. */
const producer = `pkg:npm/${packageJson.name.replace('@', '%40')}@${packageJson.version}`;
const specification = 'https://openlineage.io/spec';
const schemaURL = `${specification}/2-0-2/OpenLineage.json#/$defs/RunEvent`;
const namespace = process.env['OPENLINEAGE_NAMESPACE'] || 'rollcall';
const longestRequest = 10_000;

/**
 * Reads the endpoint from the same environment variables as OpenLineage's clients (OPENLINEAGE_URL, OPENLINEAGE_ENDPOINT,
 * OPENLINEAGE_API_KEY), else takes the configured one.
 *
 * @returns undefined if there is none, or OPENLINEAGE_DISABLED is true
 */
export function readEndpoint(
  configured: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Endpoint | undefined {
  const base = env['OPENLINEAGE_URL'] || configured;
  if (base === undefined || env['OPENLINEAGE_DISABLED']?.toLowerCase() === 'true') return undefined;
  const path = env['OPENLINEAGE_ENDPOINT'] || 'api/v1/lineage';
  const {url, ...credentials} = splitCredentials(base);
  return {
    url: `${url.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
    ...credentials,
    apiKey: readHeaderToken('OPENLINEAGE_API_KEY', env),
  };
}

/**
 * Emits the OpenLineage events of one run: one line each in the run's file, and one request each to the endpoint, if there is
 * one. Neither ever fails a run: the first failed request is reported, and no more are sent.
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
  #dispatcher: ReturnType<typeof createDispatcher> | undefined;

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

  /** Emits an event for the run as a whole. */
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

  /** Emits the two events of a completed part of the run. */
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

  /** Whether events are also sent to an endpoint. */
  get isSent(): boolean {
    return this.#endpoint !== undefined && !this.#hasFailed;
  }

  /** Waits until every event is written and sent. */
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
    const text = redact(JSON.stringify(event));
    // A full disk is reported by the writes that the run can't do without.
    this.#written = this.#written.then(() => appendFile(this.#path, `${text}\n`)).catch(() => {});
    if (this.#endpoint) {
      const endpoint = this.#endpoint;
      this.#sent = this.#sent.then(() => this.#send(text, endpoint));
    }
  }

  async #send(body: string, {apiKey, ...address}: Endpoint): Promise<void> {
    if (this.#hasFailed) return;
    try {
      const {fetch} = await import('undici');
      this.#dispatcher ??= createDispatcher({connect: longestRequest, silence: longestRequest});
      const dispatcher = await this.#dispatcher;
      const once = () =>
        fetch(address.url, {
          dispatcher,
          method: 'POST',
          headers: writeJsonHeaders(address, apiKey),
          body,
          signal: AbortSignal.timeout(longestRequest),
        });
      // The server may have closed a kept-alive connection, so one retry.
      const response = await once().catch(once);
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    } catch (error) {
      this.#hasFailed = true;
      this.#note(
        `OpenLineage: ${address.url} did not take an event (${formatReason(error)}); the rest of this run's are only in ${this.#path}`,
      );
    }
  }
}

/** Describes where a file came from, as OpenLineage names it: a data set of the publisher, or a file. */
export function describeOrigin(origin: string): Dataset {
  if (!URL.canParse(origin)) return {namespace: 'file', name: origin};
  const {origin: namespace, pathname} = new URL(origin);
  return {namespace, name: pathname.slice(1)};
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

export function createFacet<Fields extends Facet>(version: string, name: string, fields: Fields) {
  return {_producer: producer, _schemaURL: `${specification}/facets/${version}/${name}.json#/$defs/${name}`, ...fields};
}
