import {availableParallelism} from 'node:os';
import pLimit from 'p-limit';
import {sumRows} from '../builds/create-manifest.ts';
import type {Database} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import {hashFile, listFiles} from '../files.ts';
import type {Home} from '../home.ts';
import type {Chosen} from '../incoming/incoming.ts';
import {sampleFolder} from '../incoming/inputs.ts';
import {forget} from '../incoming/remembered.ts';
import {discard, isIntact, type Landed, shortenHash} from '../ingest/land.ts';
import type {Ingested} from '../ingest/load.ts';
import {openReshaping, reshape} from '../ingest/reshape.ts';
import {findReshaped} from '../ingest/reshaped.ts';
import type {Correction} from '../sources/corrections.ts';
import type {Source} from '../sources/source.ts';
import {formatCounted} from '../words/count.ts';
import {formatCount} from '../words/format.ts';
import type {RunOptions} from './options.ts';
import type {ExecutablePlan} from './plan.ts';
import {ContractFailure} from './refuse.ts';

const mostFilesAtOnce = 4;

/**
 * Reshapes the files that are not in the lake yet, or all if forced.
 *
 * @param lake what the plan found there
 * @throws Failure with the messages of all files that can't be reshaped
 */
export async function reshapeInputs(
  {home, force, stop}: RunOptions,
  chosen: readonly Chosen[],
  contract: string,
  corrections: readonly Correction[],
  lake: ExecutablePlan['lake'],
  update: (text: string) => void,
) {
  const sampleHashes = new Set(await Promise.all((await listFiles(sampleFolder)).map(hashFile)));
  // One thread reads a compressed file, so several files are reshaped at once.
  const limit = pLimit(Math.min(availableParallelism(), mostFilesAtOnce));
  let opened: Promise<Database> | undefined;
  const reshapeFile = async (source: Source, landed: Landed) => {
    opened ??= openReshaping(home.lake);
    return reshape(await opened, home.lake, source, landed, {contractId: contract, corrections});
  };
  const outcomes = await Promise.allSettled(
    chosen.map(({source, landed, isFresh, schoolYears}) =>
      limit(async (): Promise<Ingested> => {
        stop?.throwIfAborted();
        update(landed.fileName);
        const known = force ? 'absent' : (lake.get(landed.sha256) ?? (await findReshaped(home.lake, landed, contract)));
        if (typeof known === 'string' && !isFresh && !(await isIntact(landed)))
          throw await discardDamaged(home, landed);
        const reshaped = typeof known === 'string' ? await reshapeFile(source, landed) : known;
        return {source, landed, reshaped, schoolYears, isSample: sampleHashes.has(landed.sha256)};
      }),
    ),
  );
  (await opened)?.close();
  // The other files are reshaped even if one fails, but a build needs them all.
  const failures: Failure[] = [];
  const broken: ContractFailure['files'] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    if (!(outcome.reason instanceof Failure)) throw outcome.reason;
    failures.push(outcome.reason);
    const landed = chosen[index]?.landed;
    if (landed) await forget(home.landing, landed);
    if (landed && !(outcome.reason instanceof Damaged))
      broken.push({sha256: landed.sha256, why: shorten(outcome.reason)});
  }
  const [first] = failures;
  if (first) {
    const message = failures.map((failure) => failure.message).join(' ');
    if (broken.length < failures.length) throw new Failure(message, first.exitCode);
    throw new ContractFailure(message, broken, first.exitCode);
  }
  const ingested = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const {in: rowsIn, rejected} = sumRows(ingested);
  return {
    result: ingested,
    summary: `${formatCounted(rowsIn, 'row')}, ${formatCount(rejected)} of them set aside with a reason`,
  };
}

/** Shortens the message of a file that can't be used to the reason. */
function shorten({message}: Failure): string {
  return message
    .replace(/ (Landed file \S+ is kept|Download it again|The published build is unchanged)\b.*$/is, '')
    .replace(/\.$/, '');
}

/** A landed file is not what was landed. */
class Damaged extends Failure {}

/** Removes a damaged landed file, so that the next run lands it again. Returns the failure to throw. */
async function discardDamaged(home: Home, landed: Landed): Promise<Failure> {
  await discard(landed);
  return new Damaged(
    `${landed.fileName}: its landed copy (${shortenHash(landed)}) was damaged, and has been removed from ${home.landing}. Run again to land the file again. The published build is unchanged.`,
  );
}
