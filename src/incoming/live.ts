import pLimit from 'p-limit';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import {type Client, createClient, defaultPatience, Unreachable} from '../fetch/http.ts';
import {readMetadata} from '../fetch/socrata.ts';
import type {Asked, Dataset} from './datasets.ts';
import {Download, type Fetched, named} from './download.ts';
import type {Host} from './host.ts';
import type {Incoming} from './incoming.ts';
import {isRemembered, readKnown, remember} from './remembered.ts';

const requestsAtATime = 2;
/** How long one data set may take in all, its retries included. Milliseconds. */
const longestDownload = 30 * 60_000;

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
    const metadata = await readMetadata(client, id, signal).catch((error) => {
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
  const client = await createClient(host.url, host.appToken, host.patience ?? defaultPatience);
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
    await remember(landing, asked.dataset, {...asked.known, ...asked.metadata, checkedAt: new Date().toISOString()});
  }
}

/** What failed, each thing said once. */
export function together(failures: readonly unknown[], host: Host): unknown {
  const other = failures.find((failure) => !(failure instanceof Failure));
  if (other !== undefined) return other;
  const gone = failures.find((failure) => failure instanceof Unreachable && failure.kind === 'absent');
  if (gone instanceof Unreachable) {
    return new Failure(
      `${host.url} can't be reached: ${gone.message.replace(/^\S+: /, '')} The published build is unchanged. For the bundled sample: npx rollcall demo. For files that you have: npx rollcall run --from DIR.`,
      exit.unreachable,
    );
  }
  const sentences = new Set(failures.map((failure) => getErrorMessage(failure)));
  return new Failure(
    `${[...sentences].join(' ')} The published build is unchanged; run again later.`,
    exit.unreachable,
  );
}
