import pLimit from 'p-limit';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import {type Client, createClient, defaultPatience, Unreachable} from '../fetch/http.ts';
import {readMetadata} from '../fetch/socrata.ts';
import type {Dataset, DatasetStatus} from './datasets.ts';
import {Download, type Downloaded, nameDataset} from './download.ts';
import type {Host} from './host.ts';
import type {Incoming} from './incoming.ts';
import {isRemembered, readKnown, remember} from './remembered.ts';

const requestsAtATime = 2;
/** Limit for one data set, its retries included. Milliseconds. */
const longestDownload = 30 * 60_000;

export interface LiveOptions {
  host: Host;
  /** Downloads even what seems unchanged. */
  refresh?: boolean | undefined;
  stop?: AbortSignal | undefined;
}

/**
 * Asks the publisher for the description of each data set, at most two at a time. Writes nothing.
 *
 * @returns the plan for each data set that was described, and the errors of the others
 */
export async function planLive(
  landing: string,
  datasets: readonly Dataset[],
  {host, refresh, stop}: LiveOptions,
  update: (text: string) => void,
): Promise<{incoming: Incoming[]; failures: unknown[]}> {
  return settleEach(datasets, host, stop, async (client, dataset, signal) => {
    update(`asking for ${dataset.source.title} ${dataset.schoolYears.join(', ')}`);
    const {source, id, schoolYears} = dataset;
    const known = await readKnown(landing, dataset);
    const metadata = await readMetadata(client, id, signal).catch((error) => {
      throw nameDataset(dataset, error);
    });
    const status: DatasetStatus = {dataset, metadata, known};
    const at = {source, fileName: id, schoolYears, status};
    if (known && known.rowsUpdatedAt === metadata.rowsUpdatedAt && !refresh) {
      return {...at, landing: {action: 'keep', reason: 'unchanged'}, sha256: known.sha256, landed: known.landed};
    }
    const isKnown = known !== undefined && known.rowsUpdatedAt === metadata.rowsUpdatedAt;
    const reason = isKnown ? 'refresh' : known ? 'changed' : (await isRemembered(landing, dataset)) ? 'gone' : 'new';
    return {...at, landing: {action: 'download', reason}, sha256: null};
  });
}

/**
 * Downloads and lands the planned data sets, at most two at a time. After a failure the others are still tried, unless the host
 * itself is unreachable or refuses further requests.
 */
export async function landLive(
  landing: string,
  incoming: readonly Incoming[],
  {host, refresh, stop}: LiveOptions,
  update: (text: string) => void,
): Promise<{landed: Downloaded[]; failures: unknown[]}> {
  const all = incoming.flatMap(({status, landing: {action}}) => (status && action === 'download' ? [status] : []));
  const {incoming: landed, failures} = await settleEach(all, host, stop, async (client, status, signal) => {
    update(`${status.dataset.source.title} ${status.dataset.schoolYears.join(', ')}`);
    return new Download({client, host, landing, status, refresh: refresh === true, signal}).run();
  });
  return {landed, failures};
}

/** Runs `work` for each item, two at a time. Once the host turns out to be unavailable, no further item is started. */
async function settleEach<Item, Result>(
  items: readonly Item[],
  host: Host,
  stop: AbortSignal | undefined,
  work: (client: Client, item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<{incoming: Result[]; failures: unknown[]}> {
  const client = await createClient(host, host.patience ?? defaultPatience);
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

/** Returns whether the host itself is unavailable, so that asking it for anything else is pointless. */
export function isHostGone(failures: readonly unknown[]): boolean {
  return failures.some((failure) => failure instanceof Unreachable && failure.kind !== 'other');
}

/** Records the time of this check for the data sets that have not changed. */
export async function rememberUnchanged(landing: string, incoming: readonly Incoming[]): Promise<void> {
  for (const {status, landing: planned} of incoming) {
    if (status?.known === undefined || planned.action !== 'keep') continue;
    await remember(landing, status.dataset, {...status.known, ...status.metadata});
  }
}

/** Combines failures into one, with each message once. An error that is no Failure is returned as it is. */
export function combineFailures(failures: readonly unknown[], host: Host): unknown {
  const other = failures.find((failure) => !(failure instanceof Failure));
  if (other !== undefined) return other;
  const gone = failures.find((failure) => failure instanceof Unreachable && failure.kind === 'absent');
  if (gone instanceof Unreachable) {
    return new Failure(
      `${host.url} can't be reached: ${gone.message.replace(/^\S+: /, '')} The published build is unchanged. What is wrong: npx rollcall doctor. For the bundled example: npx rollcall demo. For files that you have: npx rollcall run --from DIR.`,
      exit.unreachable,
    );
  }
  const sentences = new Set(failures.map((failure) => getErrorMessage(failure)));
  return new Failure(
    `${[...sentences].join(' ')} The published build is unchanged; run again later, or see what is wrong: npx rollcall doctor.`,
    exit.unreachable,
  );
}
