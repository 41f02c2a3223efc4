import {join} from 'node:path';
import type {Build} from '../builds/find.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Candidate, findCandidates, landCandidate, readCandidate, readSchoolYears} from '../ingest/candidates.ts';
import {discard, findLanded, isIntact, type Landed, shortenHash} from '../ingest/land.ts';
import type {Progress} from '../progress.ts';
import {projectFolder} from '../project-folder.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {getSource, sources} from '../sources/sources.ts';
import {datasetsFor} from './datasets.ts';
import {hostFromEnvironment} from './host.ts';
import type {Incoming, InputOptions} from './incoming.ts';
import {isHostGone, landLive, planLive, rememberAsked, together} from './live.ts';
import {choosePartitions} from './partitions.ts';
import {readKnown} from './remembered.ts';

export const sampleFolder = join(projectFolder, 'sample', 'files');

/** What a run would take its school years from. `failures` kept the rest from being found out; some of it may land all the same. */
export interface PlannedInputs {
  incoming: Incoming[];
  failures: unknown[];
}

/**
 * Looks what there is to be landed, at the publisher's or in a folder, and settles which file gives which school year. Writes
 * nothing.
 *
 * @param published what sources that are left out are taken from, where nothing else says what landed last
 */
export async function planInputs(
  options: InputOptions,
  published: Build | undefined,
  note: Progress['note'],
  update: (text: string) => void,
): Promise<PlannedInputs> {
  const {home, from, years} = options;
  const isWanted = ({id}: Source) => options.only === undefined || options.only.includes(id);
  if (options.schoolList !== undefined && !isWanted(schoolList)) {
    throw new Failure(`--school-list goes with --only ${schoolList.id}, or without --only.`, exit.usage);
  }
  const given = options.schoolList === undefined ? [] : [await readCandidate(options.schoolList, schoolList)];
  const list = isWanted(schoolList)
    ? await incomingOf(given, options, published, note)
    : await asPublished(home, published, ({id}) => id === schoolList.id);

  if (from === 'live') {
    const datasets = datasetsFor(years);
    const left = datasets.filter(({source}) => !isWanted(source));
    const asked = await planLive(
      home.landing,
      datasets.filter(({source}) => isWanted(source)),
      {host: options.host ?? hostFromEnvironment(), refresh: options.refresh, stop: options.stop},
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
    if (list.length === 0) note(whatIsMissing(schoolList));
    const lists = choosePartitions(list, undefined, note);
    const order = ({source, fileName}: Incoming) =>
      datasets.findIndex((dataset) => dataset.source === source && dataset.id === fileName);
    return {
      incoming: [...[...asked.incoming, ...kept].sort((a, b) => order(a) - order(b)), ...lists],
      failures: asked.failures,
    };
  }

  const found = (await findCandidates(from === 'sample' ? sampleFolder : from, sources, note)).filter(({source}) =>
    isWanted(source),
  );
  const candidates = found.filter(({source}) => given.length === 0 || source !== schoolList);
  if (candidates.length < found.length)
    note('the school list of the folder is passed over for the one that --school-list names');
  const files = await incomingOf(candidates, options, published, note);
  const others = options.only === undefined ? [] : await asPublished(home, published, (source) => !isWanted(source));
  const all = [...list, ...files, ...others.filter(({source}) => source !== schoolList)];
  const incoming = choosePartitions(all, years, note);
  for (const source of sources) {
    if (!incoming.some((choice) => choice.source === source)) note(whatIsMissing(source));
  }
  return {incoming, failures: []};
}

/** What files of a folder are to a run. */
async function incomingOf(
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
    const twin = seen.get(sha256);
    if (twin !== undefined) {
      note(`${name} is passed over: it has the same contents as ${twin}`);
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
      // What is known of the bytes is found out anew, in case the code that finds it out has changed; so is the file's name.
      ...(known && {landed: {...known, ...inspection, fileName: name}}),
    });
  }
  return incoming;
}

const leftOut = {action: 'keep', reason: 'left_out'} as const;

/** The files that the published build takes these sources from. */
async function asPublished(
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
  for (const {source: id, sha256, file, schoolYears} of published.manifest.inputs) {
    const source = getSource(id);
    if (!isWanted(source)) continue;
    const landed = await findLanded(home.landing, source, sha256);
    if (landed === undefined) {
      throw new Failure(
        `--only: the landed file of ${file} (${shortenHash({sha256})}) is gone. Run once without --only.`,
      );
    }
    incoming.push({source, fileName: file, schoolYears, landing: leftOut, sha256, landed});
  }
  return incoming;
}

function whatIsMissing(source: Source): string {
  return source === schoolList
    ? `no file of ${source.title}: the region is the declared one, and the school types are those that the grades tell`
    : `no file of ${source.title}: what rests on it stays unanswered`;
}

/**
 * Lands what is planned to be landed. What can land does, also where something else can't.
 *
 * @returns the files with what was landed of them, and how many bytes were not here before
 */
export async function landInputs(
  options: InputOptions,
  {incoming, failures}: PlannedInputs,
  update: (text: string) => void,
): Promise<{incoming: Incoming[]; fresh: Incoming[]}> {
  const {home, refresh, stop} = options;
  const host = options.from === 'live' ? (options.host ?? hostFromEnvironment()) : undefined;
  await rememberAsked(home.landing, incoming);
  const landed: Incoming[] = [];
  const fresh: Incoming[] = [];
  const take = (file: Incoming, result: {landed: Landed; isNew: boolean}) => {
    const here = {...file, landed: result.landed, sha256: result.landed.sha256, isFresh: result.isNew};
    landed.push(here);
    if (result.isNew) fresh.push(here);
  };
  const all = [...failures];
  if (host && !isHostGone(failures)) {
    const live = await landLive(home.landing, incoming, {host, refresh, stop}, update);
    all.push(...live.failures);
    for (const {dataset, ...result} of live.landed) {
      const file = incoming.find(({asked}) => asked?.dataset === dataset);
      if (file) take(file, result);
    }
  }
  for (const file of incoming) {
    if (file.candidate) {
      if (refresh && file.landed && !(await isIntact(file.landed))) await discard(file.landed);
      take(file, await landCandidate(home.landing, file.candidate));
    } else if (file.landing.action === 'keep') {
      landed.push(file);
    }
  }
  stop?.throwIfAborted();
  if (host && all.length > 0) throw together(all, host);
  return {incoming: incoming.flatMap((file) => landed.find((other) => isSame(other, file)) ?? []), fresh};
}

function isSame(a: Incoming, b: Incoming): boolean {
  return a.source === b.source && a.fileName === b.fileName && a.schoolYears === b.schoolYears;
}
