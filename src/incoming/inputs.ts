import {createReadStream, createWriteStream, rmSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Build} from '../builds/find.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Candidate, findCandidates, readCandidate} from '../ingest/candidates.ts';
import {findLanded, shortenHash, withRemarks} from '../ingest/land.ts';
import {findInspection} from '../ingest/reshaped.ts';
import type {Progress} from '../progress.ts';
import {projectFolder} from '../project-folder.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import {getSource, sources} from '../sources/sources.ts';
import {
  describeMissing,
  type Incoming,
  type InputOptions,
  leftOut,
  type PlannedInputs,
  selectWanted,
} from './incoming.ts';
import {readNotes} from './notes.ts';
import {choosePartitions} from './partitions.ts';

export const sampleFolder = join(projectFolder, 'sample', 'files');

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
  const isWanted = selectWanted(options);
  if (options.schoolList !== undefined && !isWanted(schoolList)) {
    throw new Failure(`--school-list goes with --only ${schoolList.id}, or without --only.`, exit.usage);
  }
  const given =
    options.schoolList === undefined ? [] : [await readCandidate(await savePipe(options.schoolList), schoolList)];
  const list = isWanted(schoolList)
    ? await planFiles(given, options, published, note)
    : await keepPublished(home, published, ({id}) => id === schoolList.id);

  if (from === 'live') {
    // Loaded here, since a run on a folder asks nobody.
    const {planOnline} = await import('./online.ts');
    return planOnline(options, list, note, update);
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
  const {createWorkFolder} = await import('../replace.ts');
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
    const schoolYears = known?.schoolYears ?? (await (await import('./land-candidate.ts')).readSchoolYears(candidate));
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
