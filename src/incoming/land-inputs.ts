import {Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {discard, isIntact, type Landed} from '../ingest/land.ts';
import type {Progress} from '../progress.ts';
import {rememberFound} from './finding.ts';
import {readHost} from './host.ts';
import type {Incoming, InputOptions, PlannedInputs, Step} from './incoming.ts';
import {landCandidate} from './land-candidate.ts';
import {combineFailures, isHostGone, landLive, rememberUnchanged} from './live.ts';
import {completeYears, hasYear, recordSteps} from './online.ts';
import {isOnline} from './refused.ts';

/** Records what the publisher said, for the data sets that have not changed and for those that the catalogue lists. */
export async function rememberChecked(
  {landing}: Home,
  {incoming, found}: Pick<PlannedInputs, 'incoming' | 'found'>,
): Promise<void> {
  await rememberUnchanged(landing, incoming);
  await rememberFound(landing, found);
}

/**
 * Lands the planned files. One that fails doesn't keep the others from landing.
 *
 * @returns the files with their landed copies
 * @throws Failure (exit 3) after landing the others, if a data set could not be planned or downloaded
 */
export async function landInputs(
  options: InputOptions,
  {incoming, failures, heldYears, steps, found}: PlannedInputs,
  note: Progress['note'],
  update: (text: string) => void,
): Promise<Pick<PlannedInputs, 'incoming' | 'heldYears' | 'steps'>> {
  const {home, refresh, stop} = options;
  const host = options.from === 'live' ? (options.host ?? readHost()) : undefined;
  await rememberChecked(home, {incoming, found});
  const mayLackYears = options.years === undefined;
  const here = new Map<Incoming, Incoming>();
  const take = (file: Incoming, {landed, isNew}: {landed: Landed; isNew: boolean}) =>
    here.set(file, {...file, landed, sha256: landed.sha256, isFresh: isNew});
  const all = [...failures];
  if (host && !isHostGone(failures)) {
    const live = await landLive(home.landing, incoming, {host, refresh, stop, mayLackYears}, update);
    all.push(...live.failures);
    for (const result of live.landed) {
      const file = incoming.find(({status}) => status?.dataset === result.dataset);
      if (file) take(file, result);
    }
  }
  for (const file of incoming) {
    if (file.candidate) {
      if (refresh && file.landed && !(await isIntact(file.landed))) await discard(file.landed);
      take(file, await landCandidate(home.landing, file.candidate));
    } else if (file.landing.action === 'keep') {
      here.set(file, file);
    }
  }
  stop?.throwIfAborted();
  const files = incoming.flatMap((file) => here.get(file) ?? []);
  const lacksYears = (file: Incoming) => file.status?.dataset.schoolYears.some((year) => !hasYear(file, year));
  if (host === undefined || (all.length === 0 && !(mayLackYears && files.some(lacksYears))))
    return {incoming: files, heldYears, steps};
  if (mayLackYears && !isHostGone(all) && all.every((failure) => failure instanceof Failure)) {
    for (const failure of all) note(getErrorMessage(failure));
    const wanted = incoming.flatMap(({source, fileName, schoolYears}) =>
      source.datasets ? schoolYears.map((schoolYear) => ({source, schoolYear, offers: [{id: fileName}]})) : [],
    );
    const now: Step[] = [];
    const whole = await completeYears(home, files.filter(isOnline), wanted, recordSteps(now, note));
    if (whole.files.length > 0) {
      const others = files.filter((file) => !isOnline(file));
      return {
        incoming: [...whole.files, ...others],
        heldYears: [...heldYears, ...whole.heldYears],
        steps: [...steps, ...now],
      };
    }
  }
  throw combineFailures(all, host);
}
