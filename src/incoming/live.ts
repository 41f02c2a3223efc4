import pLimit from 'p-limit';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import {findDatasets} from '../fetch/catalogue.ts';
import {type Client, createClient, defaultPatience, Unreachable} from '../fetch/http.ts';
import {countEach, countRows, type Metadata, readMetadata} from '../fetch/socrata.ts';
import {withRemarks} from '../ingest/land.ts';
import type {Progress} from '../progress.ts';
import {isSchoolYear, type SchoolYear} from '../school-year.ts';
import {isNamedPreliminary} from '../sources/preliminary.ts';
import {normalizeName, type Source} from '../sources/source.ts';
import {formatYears} from '../words/format.ts';
import {type Dataset, groupByDataset, isSameTime, type Wanted} from './datasets.ts';
import {Download, type Downloaded, nameDataset} from './download.ts';
import {type Found, isPlausible, readFound, recognizeDatasets} from './finding.ts';
import type {Host} from './host.ts';
import type {Incoming, Step} from './incoming.ts';
import {isRemembered, readKnown, remember} from './remembered.ts';

const requestsAtATime = 2;
/** Limit for one data set, its retries included. Milliseconds. */
const longestDownload = 30 * 60_000;

export interface LiveOptions {
  host: Host;
  /** Downloads even what seems unchanged. */
  refresh?: boolean | undefined;
  /** A data set with several years is still taken if it lacks some of them. */
  mayLackYears?: boolean;
  stop?: AbortSignal | undefined;
}

/** Limit for what the catalogue answers about one source. Milliseconds. */
const longestSearch = 20_000;

/** What the catalogue lists; `failure` if the host can't be asked at all. */
export interface Search {
  found: Found[];
  /** Whether the catalogue answered, so that what was found is worth remembering. */
  isFresh: boolean;
  failure?: unknown;
}

/** Looks for the data sets of these sources in the host's own catalogue. For the others, or if it doesn't answer, what was found before serves. */
export async function searchCatalogue(
  landing: string,
  wanted: readonly Source[],
  {host, stop}: LiveOptions,
  note: Progress['note'],
): Promise<Search> {
  const before = await readFound(landing);
  const patience = host.patience ?? defaultPatience;
  const client = await createClient(host, {...patience, retries: Math.min(1, patience.retries)});
  const domain = new URL(host.url).hostname;
  const found = (before?.found ?? []).filter((each) => !wanted.some(({id}) => id === each.source));
  try {
    for (const source of wanted) {
      const {catalogue} = source;
      if (catalogue === undefined) continue;
      const signal = AbortSignal.any([AbortSignal.timeout(longestSearch), ...(stop ? [stop] : [])]);
      const entries = await findDatasets(client, {domain, words: catalogue.words, signal});
      const {taken, refused, renamed} = recognizeDatasets(source, entries, domain);
      for (const {id, name} of renamed)
        note(`data set ${id} is now called "${name}", and is still asked for by its id`);
      for (const {id, name, why} of refused) note(`"${name}" (data set ${id}) is not taken: ${why}`);
      for (const each of taken) {
        const column = entries.find(({id}) => id === each.id)?.fieldNames.find((name) => isYearColumn(name));
        const isAll = each.schoolYear === null && column !== undefined;
        found.push(isAll ? {...each, laterYears: await listLaterYears(client, source, each.id, column, signal)} : each);
      }
    }
    return {found, isFresh: true};
  } catch (error) {
    if (error instanceof Unreachable && error.kind !== 'other') return {found: [], isFresh: false, failure: error};
    if (!(error instanceof Unreachable)) throw error;
    const remembered = before ? ` and what was found on ${before.checkedAt.slice(0, 10)}` : '';
    note(`the catalogue was no help: ${error.message} The declared data sets${remembered} serve`);
    return {found: before?.found ?? [], isFresh: false};
  } finally {
    await client.close();
  }
}

function isYearColumn(name: string): boolean {
  return normalizeName(name) === 'schoolyear';
}

/** Lists the years after the declared ones that a data set with all years has, with a plausible number of rows. */
async function listLaterYears(
  client: Client,
  {datasets = {}}: Source,
  id: string,
  column: string,
  signal: AbortSignal,
): Promise<SchoolYear[]> {
  const last = Object.keys(datasets).sort().at(-1) ?? '';
  const counts = [...(await countEach(client, id, column, signal))]
    .filter(([year]) => isSchoolYear(year))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return counts.flatMap(([year, rows], index) => {
    const before = counts[index - 1]?.[1];
    return year > last && (before === undefined || isPlausible(rows, before)) ? [year] : [];
  });
}

/** Statuses of a data set that is gone. */
export const goneStatuses = [403, 404, 410];

/** What the publisher says of a data set: its description, or why it can't be taken. */
type Answer = {metadata: Metadata} | {gone: Unreachable};

/**
 * Asks the publisher for the description of each data set, at most two at a time. Where one is gone or empty, asks for the next that
 * can give the school year. Writes nothing.
 *
 * @returns the plan for each data set that was described, the errors of the others, and why data sets are `gone` that no other stands in for
 */
export async function planLive(
  landing: string,
  wanted: readonly Wanted[],
  {host, refresh, stop}: LiveOptions,
  tell: (step: Step) => void,
  update: (text: string) => void,
): Promise<{incoming: Incoming[]; failures: unknown[]; gone: unknown[]}> {
  const answers = new Map<string, Answer>();
  const failures: unknown[] = [];
  const failed = new Set<string>();
  let open = [...wanted];
  for (;;) {
    const unasked = groupByDataset(open).filter(({id}) => !(answers.has(id) || failed.has(id)));
    if (unasked.length === 0) break;
    const round = await settleEach(unasked, host, stop, async (client, dataset, signal) => {
      update(`asking for ${dataset.source.title} ${dataset.schoolYears.join(', ')}`);
      return {id: dataset.id, answer: await ask(client, landing, dataset, wanted, signal)};
    });
    failures.push(...round.failures);
    for (const {id, answer} of round.incoming) answers.set(id, answer);
    for (const {id} of unasked) if (!answers.has(id)) failed.add(id);
    if (isHostGone(failures)) break;
    const moving = Map.groupBy(open, ({source, offers: [offer, next]}) => [source.id, offer?.id, next?.id].join(' '));
    open = [...moving.values()].flatMap((years) => {
      const [{source, offers: [offer, next] = []} = {}] = years;
      const answer = offer && answers.get(offer.id);
      if (source === undefined || answer === undefined || 'metadata' in answer) return years;
      const why = answer.gone.message.replace(/^\S+: /, '').replace(/\.$/, '');
      tell({
        kind: 'dataset_gone',
        subject: `${source.id} ${formatYears(years.map(({schoolYear}) => schoolYear))}`,
        message: `data set ${offer?.id} can't be taken: ${why}. ${next ? `Looking in ${next.id}, ${next.why}` : 'No other data set has it'}.`,
      });
      return years.map((each) => ({...each, offers: each.offers.slice(1)}));
    });
  }
  const gone = open.flatMap(({source, schoolYear, offers}) => {
    const [first] = wanted.find((each) => each.source === source && each.schoolYear === schoolYear)?.offers ?? [];
    const answer = first && answers.get(first.id);
    if (offers.length > 0 || answer === undefined || 'metadata' in answer) return [];
    return [nameDataset({source, id: first?.id ?? '', schoolYears: [schoolYear]}, answer.gone)];
  });
  const incoming: Incoming[] = [];
  for (const dataset of groupByDataset(open)) {
    const answer = answers.get(dataset.id);
    if (answer === undefined || !('metadata' in answer)) continue;
    const subject = `${dataset.source.id} ${formatYears(dataset.schoolYears)}`;
    if (dataset.why) tell({kind: 'dataset_found', subject, message: `data set ${dataset.id}, ${dataset.why}.`});
    incoming.push(await planDataset(landing, dataset, answer.metadata, refresh === true));
  }
  return {incoming, failures, gone};
}

/** Asks for the description of a data set, and whether it has rows, as many as plausible. */
async function ask(
  client: Client,
  landing: string,
  dataset: Dataset,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<Answer> {
  const {id, source, schoolYears, why} = dataset;
  try {
    const metadata = await readMetadata(client, id, signal);
    const known = await readKnown(landing, dataset);
    if (known && isSameTime(known, metadata)) return {metadata};
    const rows = await countRows(client, id, signal).catch(forgive);
    if (rows === 0) return {gone: new Unreachable('it has no rows')};
    const isOfOneYear = wanted.some(
      (each) => each.source === source && each.offers.some((offer) => offer.id === id && offer.isOfOneYear),
    );
    const before = wanted.findLast((each) => each.source === source && each.schoolYear < (schoolYears[0] ?? ''));
    const other = before?.offers[0]?.id;
    if (why !== undefined && isOfOneYear && rows !== undefined && other && other !== source.catalogue?.allYears.id) {
      const usual = await countRows(client, other, signal).catch(forgive);
      if (usual !== undefined && usual > 0 && !isPlausible(rows, usual))
        return {gone: new Unreachable(`it has ${rows} rows, where ${before?.schoolYear} has ${usual}`)};
    }
    return {metadata};
  } catch (error) {
    if (error instanceof Unreachable && goneStatuses.includes(error.reply?.status ?? 0)) return {gone: error};
    throw nameDataset(dataset, error);
  }
}

/** Forgives a count that is not to be had: the download counts again. */
function forgive(error: unknown): undefined {
  if (!(error instanceof Unreachable) || error.kind !== 'other') throw error;
  return undefined;
}

async function planDataset(landing: string, dataset: Dataset, metadata: Metadata, refresh: boolean): Promise<Incoming> {
  const {source, id, schoolYears, why} = dataset;
  const known = await readKnown(landing, dataset);
  const at = {source, fileName: id, schoolYears, status: {dataset, metadata, known}, ...(why !== undefined && {why})};
  const isKnown = known !== undefined && isSameTime(known, metadata);
  if (isKnown && !refresh) {
    // The publisher may have renamed it since.
    const landed = withRemarks(known.landed, {isPreliminary: isNamedPreliminary(metadata.name)});
    return {...at, landing: {action: 'keep', reason: 'unchanged'}, sha256: known.sha256, landed};
  }
  const isUndated = known !== undefined && metadata.rowsUpdatedAt === null;
  const reason = isKnown
    ? 'refresh'
    : isUndated
      ? 'undated'
      : known
        ? 'changed'
        : (await isRemembered(landing, dataset))
          ? 'gone'
          : 'new';
  return {...at, landing: {action: 'download', reason}, sha256: null};
}

/**
 * Downloads and lands the planned data sets, at most two at a time. After a failure the others are still tried, unless the host
 * itself is unreachable or refuses further requests.
 */
export async function landLive(
  landing: string,
  incoming: readonly Incoming[],
  {host, refresh, stop, mayLackYears = false}: LiveOptions,
  update: (text: string) => void,
): Promise<{landed: Downloaded[]; failures: unknown[]}> {
  const all = incoming.flatMap(({status, landing: {action}}) => (status && action === 'download' ? [status] : []));
  const {incoming: landed, failures} = await settleEach(all, host, stop, async (client, status, signal) => {
    update(`${status.dataset.source.title} ${status.dataset.schoolYears.join(', ')}`);
    return new Download({client, host, landing, status, refresh: refresh === true, mayLackYears, signal}).run();
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
            // Without its host, every data set fails alike.
            throw error instanceof Unreachable && gone.signal.aborted ? gone.signal.reason : error;
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
