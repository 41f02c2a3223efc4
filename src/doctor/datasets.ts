import pLimit from 'p-limit';
import {BadReply, type Client, limitBody, Unreachable} from '../fetch/http.ts';
import {readMetadata} from '../fetch/socrata.ts';
import type {Dataset} from '../incoming/datasets.ts';
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
  /** The host's clock. */
  date?: Date | undefined;
}

const requestsAtATime = 2;

/** Asks for the description and the header of each data set, and compares the header with the contract of its source. */
export async function examineDatasets(
  client: Client,
  datasets: readonly Dataset[],
  signal: AbortSignal,
): Promise<Asked[]> {
  const limit = pLimit(requestsAtATime);
  return Promise.all(datasets.map((dataset) => limit(() => examineDataset(client, dataset, signal))));
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
    const wayOut = [403, 404, 410].includes(error.reply?.status ?? 0)
      ? `It is gone, or has another id. Look for "${source.title}" at the publisher and write the new id into src/sources/${source.id}.ts, or download the file and give its folder with --from DIR.`
      : 'Run again later.';
    return {
      finding: {...at, status: 'trouble', says: error.message.replace(/\.$/, ''), wayOut},
      isReached: error.reply !== undefined,
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
