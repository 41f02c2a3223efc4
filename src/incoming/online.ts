import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import type {Progress} from '../progress.ts';
import type {SchoolYear} from '../school-year.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {formatDay} from '../words/format.ts';
import {chooseWanted, groupByDataset, listPublished, type Wanted} from './datasets.ts';
import {readHost} from './host.ts';
import {
  describeMissing,
  type HeldYear,
  type Incoming,
  type InputOptions,
  lastLanded,
  leftOut,
  type PlannedInputs,
  type Step,
  selectWanted,
} from './incoming.ts';
import {isHostGone, planLive, searchCatalogue} from './live.ts';
import {choosePartitions} from './partitions.ts';
import {holdBack, mergeFiles} from './refused.ts';
import {type RememberedFile, readKnown} from './remembered.ts';

/**
 * Finds the files at the publisher, and chooses which data set gives which school year. Writes nothing.
 *
 * @param list the school list, which the publisher doesn't offer
 */
export async function planOnline(
  options: InputOptions,
  list: Incoming[],
  note: Progress['note'],
  update: (text: string) => void,
): Promise<PlannedInputs> {
  const {home, years} = options;
  const isWanted = selectWanted(options);
  const live = {host: options.host ?? readHost(), refresh: options.refresh, stop: options.stop};
  const steps: Step[] = [];
  const tell = recordSteps(steps, note);
  update('asking the catalogue');
  const search = await searchCatalogue(home.landing, listPublished().filter(isWanted), live, note);
  if (search.failure !== undefined) return {incoming: [], failures: [search.failure], heldYears: [], steps};
  const wanted = chooseWanted(years, search.found);
  const datasets = groupByDataset(wanted);
  const left = datasets.filter(({source}) => !isWanted(source));
  const planned = await planLive(
    home.landing,
    wanted.filter(({source}) => isWanted(source)),
    live,
    tell,
    update,
  );
  const kept: Incoming[] = [];
  for (const {source, id, schoolYears} of left) {
    const known = await readKnown(home.landing, {source, id});
    if (known === undefined) {
      throw new Failure(
        `--only: ${source.id} ${schoolYears.join(', ')} (data set ${id}) has never landed, so there is nothing to take it from. Run once without --only.`,
        exit.usage,
      );
    }
    const {landed} = known;
    kept.push({source, fileName: id, schoolYears, landing: leftOut, sha256: landed.sha256, landed});
  }
  if (list.length === 0) note(describeMissing(schoolList));
  const lists = choosePartitions(list, undefined, note);
  const order = ({source, fileName}: Incoming) =>
    datasets.findIndex((dataset) => dataset.source === source && dataset.id === fileName);
  const files = [...planned.incoming, ...kept].sort((a, b) => order(a) - order(b));
  const found = {steps, ...(search.isFresh && {found: search.found})};
  const lacking = [...planned.failures, ...planned.gone];
  if (years !== undefined || lacking.length === 0 || isHostGone(planned.failures))
    return {incoming: [...files, ...lists], failures: lacking, heldYears: [], ...found};
  for (const failure of planned.failures) note(getErrorMessage(failure));
  const {files: whole, heldYears} = await completeYears(home, files, wanted, tell);
  const failures = whole.length === 0 ? lacking : [];
  return {incoming: [...whole, ...lists], failures, heldYears, ...found};
}

/** Returns a function that notes each step, and adds it to the others. */
export function recordSteps(steps: Step[], note: Progress['note']): (step: Step) => void {
  return (step) => {
    steps.push(step);
    note(`${step.subject}: ${step.message.replace(/\.$/, '')}`);
  };
}

/**
 * Fills the gaps that data sets leave that can't be had: with the file that last landed, or by holding the school year back from all
 * sources, so that no year has students without teachers.
 *
 * @param wanted the years of each source, and the data sets that can give them
 */
export async function completeYears(
  {landing}: Home,
  files: readonly Incoming[],
  wanted: readonly Wanted[],
  tell: (step: Step) => void,
): Promise<{files: Incoming[]; heldYears: HeldYear[]}> {
  const all = files.map((file) => ({...file, schoolYears: file.schoolYears.filter((year) => hasYear(file, year))}));
  const heldYears: HeldYear[] = [];
  for (const {source, schoolYear, offers} of wanted) {
    const isHeld = heldYears.some((held) => held.schoolYear === schoolYear);
    if (isHeld || all.some((file) => file.source === source && file.schoolYears.includes(schoolYear))) continue;
    const subject = `${source.id} ${schoolYear}`;
    const last = await findLastLanded(landing, source, schoolYear, offers);
    if (last === undefined) {
      heldYears.push({schoolYear, why: `${source.title} of it can't be had`});
      tell({kind: 'year_held', subject, message: 'the school year is held back: no data set has it now.'});
      continue;
    }
    const {id: fileName, sha256, landed} = last;
    const message = `taken as it landed on ${formatDay(landed.landedAt)} (data set ${fileName}).`;
    tell({kind: 'dataset_gone', subject, message});
    all.push({source, fileName, schoolYears: [schoolYear], landing: lastLanded, sha256, landed});
  }
  return {files: holdBack(mergeFiles(all), heldYears), heldYears};
}

/** Returns whether a file gives a school year, as far as that is known before it lands. */
export function hasYear({schoolYears, landed}: Incoming, year: SchoolYear): boolean {
  return schoolYears.includes(year) && (landed === undefined || landed.schoolYears.includes(year));
}

async function findLastLanded(
  landing: string,
  source: Source,
  schoolYear: SchoolYear,
  offers: Wanted['offers'],
): Promise<RememberedFile | undefined> {
  for (const {id} of offers) {
    const known = await readKnown(landing, {source, id});
    if (known?.landed.schoolYears.includes(schoolYear)) return known;
  }
  return undefined;
}
