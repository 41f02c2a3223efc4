import {createReadStream, createWriteStream, rmSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Build} from '../builds/find.ts';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Candidate, findCandidates, landCandidate, readCandidate, readSchoolYears} from '../ingest/candidates.ts';
import {discard, findLanded, isIntact, type Landed, shortenHash, withRemarks} from '../ingest/land.ts';
import {findInspection} from '../ingest/reshape.ts';
import type {Progress} from '../progress.ts';
import {projectFolder} from '../project-folder.ts';
import {createWorkFolder} from '../replace.ts';
import type {SchoolYear} from '../school-year.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {getSource, sources} from '../sources/sources.ts';
import {formatDay} from '../words/format.ts';
import {chooseWanted, groupByDataset, listPublished, type Wanted} from './datasets.ts';
import {type Found, rememberFound} from './finding.ts';
import {readHost} from './host.ts';
import {type HeldYear, type Incoming, type InputOptions, lastLanded, type Step} from './incoming.ts';
import {combineFailures, isHostGone, landLive, planLive, rememberUnchanged, searchCatalogue} from './live.ts';
import {readNotes} from './notes.ts';
import {choosePartitions} from './partitions.ts';
import {holdBack, isOnline, mergeFiles} from './refused.ts';
import {type RememberedFile, readKnown} from './remembered.ts';

export const sampleFolder = join(projectFolder, 'sample', 'files');

/** The files that a run would take its school years from. `failures` hold the errors of data sets that could not be planned. */
export interface PlannedInputs {
  incoming: Incoming[];
  failures: unknown[];
  /** The school years that are wanted and can't be had. */
  heldYears: HeldYear[];
  /** What was done about data sets that are new or can't be had. */
  steps: Step[];
  /** What the catalogue lists, if it was asked and answered. */
  found?: Found[];
}

/**
 * Finds the files at the publisher or in a folder, and chooses which file gives which school year. Writes nothing.
 *
 * @param published the build whose files stand in for sources that `--only` leaves out
 * @param contract identifies the code; undefined to inspect files again that it has inspected
 */
export async function planInputs(
  options: InputOptions,
  published: Build | undefined,
  contract: string | undefined,
  note: Progress['note'],
  update: (text: string) => void,
): Promise<PlannedInputs> {
  const {home, from, years} = options;
  const isWanted = ({id}: Source) => options.only === undefined || options.only.includes(id);
  if (options.schoolList !== undefined && !isWanted(schoolList)) {
    throw new Failure(`--school-list goes with --only ${schoolList.id}, or without --only.`, exit.usage);
  }
  const given =
    options.schoolList === undefined ? [] : [await readCandidate(await savePipe(options.schoolList), schoolList)];
  const list = isWanted(schoolList)
    ? await planFiles(given, options, published, note)
    : await keepPublished(home, published, ({id}) => id === schoolList.id);

  if (from === 'live') {
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

  const elsewhere = sources.filter((source) => !isWanted(source) || (source === schoolList && given.length > 0));
  const findKnown =
    contract === undefined ? undefined : (sha256: string) => findInspection(home.lake, {sha256}, contract);
  const found = (await findNotedCandidates(from === 'sample' ? sampleFolder : from, note, elsewhere, findKnown)).filter(
    ({source}) => isWanted(source),
  );
  const candidates = found.filter(({source}) => given.length === 0 || source !== schoolList);
  if (candidates.length < found.length) note('the school list in the folder is skipped: --school-list names another');
  const files = await planFiles(candidates, options, published, note);
  const others = options.only === undefined ? [] : await keepPublished(home, published, (source) => !isWanted(source));
  const all = [...list, ...files, ...others.filter(({source}) => source !== schoolList)];
  const incoming = choosePartitions(all, years, note);
  for (const source of sources) {
    if (!incoming.some((choice) => choice.source === source)) note(describeMissing(source));
  }
  return {incoming, failures: [], heldYears: [], steps: []};
}

/** Returns a function that notes each step, and adds it to the others. */
function recordSteps(steps: Step[], note: Progress['note']): (step: Step) => void {
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
async function completeYears(
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
function hasYear({schoolYears, landed}: Incoming, year: SchoolYear): boolean {
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

/** Finds the files of a folder, each with its note. Of files with the same contents, the one with a note comes first. */
async function findNotedCandidates(
  folder: string,
  note: Progress['note'],
  elsewhere: readonly Source[],
  findKnown: Parameters<typeof findCandidates>[4],
): Promise<Candidate[]> {
  const candidates = await findCandidates(folder, sources, note, elsewhere, findKnown);
  const notes = await readNotes(
    folder,
    candidates.map(({name}) => name),
  );
  const noted = candidates.map((candidate) => {
    const said = notes.get(candidate.name);
    return said === undefined ? candidate : {...candidate, note: said};
  });
  return noted.sort((a, b) => Number('note' in b) - Number('note' in a));
}

/** Saves what comes through a pipe, which can be read only once. Returns the path of the copy; that of any other file unchanged. */
async function savePipe(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFIFO()) return path;
  const folder = await createWorkFolder();
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
  const copy = join(folder, 'school-list-from-a-pipe');
  await pipeline(createReadStream(path), createWriteStream(copy));
  return copy;
}

/** Plans the landing of a folder's files. Skips files with the same contents as an earlier one. */
async function planFiles(
  candidates: readonly Candidate[],
  {home, refresh}: InputOptions,
  published: Build | undefined,
  note: Progress['note'],
): Promise<Incoming[]> {
  const incoming: Incoming[] = [];
  const seen = new Map<string, string>();
  for (const candidate of candidates) {
    const {source, name, inspection} = candidate;
    const {sha256} = inspection;
    const duplicate = seen.get(sha256);
    if (duplicate !== undefined) {
      note(`${name} is skipped: it has the same contents as ${duplicate}`);
      continue;
    }
    seen.set(sha256, name);
    const known = await findLanded(home.landing, source, sha256);
    const schoolYears = known?.schoolYears ?? (await readSchoolYears(candidate));
    const isOther = published?.manifest.inputs.some(
      (input) => input.source === source.id && input.schoolYears.some((year) => schoolYears.includes(year)),
    );
    const reason = known ? (refresh ? 'refresh' : 'unchanged') : isOther ? 'changed' : 'new';
    incoming.push({
      source,
      fileName: name,
      schoolYears,
      landing: {action: reason === 'unchanged' ? 'keep' : 'land', reason},
      sha256,
      candidate: {...candidate, schoolYears},
      // The inspection replaces the recorded one, since the code that inspects may have changed. So may the file's name.
      ...(known && {landed: withRemarks({...known, ...inspection, fileName: name}, candidate)}),
    });
  }
  return incoming;
}

const leftOut = {action: 'keep', reason: 'left_out'} as const;

/** Plans to keep the files that the published build takes these sources from. */
async function keepPublished(
  home: Home,
  published: Build | undefined,
  isWanted: (source: Source) => boolean,
): Promise<Incoming[]> {
  if (published === undefined) {
    throw new Failure(
      `--only: nothing is published in ${home.folder} yet, so there is nothing to take the other sources from. Run once without --only.`,
      exit.usage,
    );
  }
  const incoming: Incoming[] = [];
  for (const {source: id, sha256, file, schoolYears, ...input} of published.manifest.inputs) {
    const source = getSource(id);
    if (!isWanted(source)) continue;
    const landed = await findLanded(home.landing, source, sha256);
    if (landed === undefined) {
      throw new Failure(
        `--only: the landed file of ${file} (${shortenHash({sha256})}) is gone. Run once without --only.`,
      );
    }
    incoming.push({source, fileName: file, schoolYears, landing: leftOut, sha256, landed: withRemarks(landed, input)});
  }
  return incoming;
}

function describeMissing(source: Source): string {
  return source === schoolList
    ? `no file of ${source.title}: the declared region is used, and school types are inferred from grades`
    : `no file of ${source.title}: the questions that need it are not answered`;
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
  await rememberUnchanged(home.landing, incoming);
  await rememberFound(home.landing, found);
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
