import pLimit from 'p-limit';
import {BadReply, type Client, limitBody, Unreachable} from '../fetch/http.ts';
import {readMetadata} from '../fetch/socrata.ts';
import {type Dataset, groupByDataset, type Wanted} from '../incoming/datasets.ts';
import {goneStatuses} from '../incoming/live.ts';
import {inspectStart, readStart} from '../ingest/inspect.ts';
import {matchHeader} from '../ingest/recognize.ts';
import {formatDay, formatYears} from '../words/format.ts';
import type {Finding, Result} from './finding.ts';
import {readDate} from './network.ts';

/** A data set's finding. */
export interface Asked {
  finding: Finding;
  /** Whether the host answered, whatever it said. */
  isReached: boolean;
  /** Whether the data set is gone, so that a run looks in the next that can give the year. */
  isGone?: boolean;
  /** The host's clock. */
  date?: Date | undefined;
}

const requestsAtATime = 2;

/**
 * Asks for the description and the header of each data set that a run would take, and compares the header with the contract of its
 * source. Where one is gone, asks for the next that can give the school year.
 */
export async function examineDatasets(
  client: Client,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<Asked[]> {
  const limit = pLimit(requestsAtATime);
  const asked = new Map<string, Asked>();
  let open = [...wanted];
  for (;;) {
    const unasked = groupByDataset(open).filter(({id}) => !asked.has(id));
    if (unasked.length === 0) return [...asked.values()];
    const round = unasked.map((dataset) => limit(() => examineDataset(client, dataset, signal)));
    for (const [index, result] of (await Promise.all(round)).entries()) asked.set(unasked[index]?.id ?? '', result);
    open = open.map((each) => {
      const [offer, next] = each.offers;
      const answer = offer && asked.get(offer.id);
      if (answer?.isGone !== true) return each;
      if (next)
        answer.finding = {...answer.finding, status: 'remark', wayOut: `A run looks in ${next.id}, ${next.why}.`};
      return {...each, offers: each.offers.slice(1)};
    });
  }
}

async function examineDataset(client: Client, dataset: Dataset, signal: AbortSignal): Promise<Asked> {
  const {source, id, schoolYears} = dataset;
  const at = {area: 'data', subject: `${source.id} ${formatYears(schoolYears)} (${id})`} as const;
  try {
    const {name, rowsUpdatedAt} = await readMetadata(client, id, signal);
    const {header, date} = await readHeader(client, id, signal);
    const changed =
      rowsUpdatedAt === null ? 'at an unknown time' : formatDay(new Date(rowsUpdatedAt * 1000).toISOString());
    return {finding: {...at, ...judgeHeader(dataset, header, `"${name}", changed ${changed}`)}, isReached: true, date};
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const isGone = goneStatuses.includes(error.reply?.status ?? 0);
    const wayOut = isGone
      ? `It is gone, or has another id. Look for "${source.title}" at the publisher and write the new id into src/sources/${source.id}.ts, or download the file and give its folder with --from DIR.`
      : 'Run again later.';
    return {
      finding: {...at, status: 'trouble', says: error.message.replace(/\.$/, ''), wayOut},
      isReached: error.reply !== undefined,
      isGone,
    };
  }
}

/** Fetches the header of the whole-file export and breaks off there. */
function readHeader(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<{header: string[]; date: Date | undefined}> {
  return client.get(
    `/api/views/${id}/rows.csv?accessType=DOWNLOAD`,
    async (response) => {
      const layout = inspectStart(await readStart(limitBody(response, Number.POSITIVE_INFINITY)));
      if ('problem' in layout) throw new BadReply(`the download ${layout.problem.replace(/\.$/, '')}`, false);
      return {header: layout.header, date: readDate(response.headers.get('date'))};
    },
    {signal},
  );
}

function judgeHeader({source}: Dataset, header: readonly string[], name: string): Result {
  const {missing, unknown, twice} = matchHeader(source, header);
  const quote = (labels: readonly string[]) => labels.map((label) => `"${label}"`).join(', ');
  const more = unknown.length > 0 ? `; Rollcall does not know ${quote(unknown.map(({label}) => label))}` : '';
  const lacks = [
    ...(missing.length > 0 ? [`column ${quote(missing.map(({label}) => label))} is missing`] : []),
    ...(twice.length > 0 ? [`column ${quote(twice)} occurs twice`] : []),
  ];
  if (lacks.length === 0) return {status: 'ok', says: `${name}; ${header.length} columns meet the contract${more}`};
  const wayOut = `If the publisher renamed a column, add the name to src/sources/${source.id}.ts. Other school years can be had with --years.`;
  return {status: 'trouble', says: `${name}; ${lacks.join(', ')}${more}`, wayOut};
}
