import {readdir, stat} from 'node:fs/promises';
import {basename, extname, join, resolve} from 'node:path';
import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {isNamedPreliminary} from '../sources/preliminary.ts';
import type {Source} from '../sources/source.ts';
import {hashPlain, type InspectedFile, type Inspection} from './land.ts';
import {findClosest, recognize} from './recognize.ts';

/** A file recognized by its content as a file of a source. */
export interface Candidate extends InspectedFile {
  source: Source;
  /** The school years of its rows, if they have been read already. */
  schoolYears?: SchoolYear[];
}

/** The file in a folder of downloads with what a reader must know about the others, such as that their counts are recovered. */
export const notesFile = 'notes.yml';

/** Files that people put beside downloads; they are never data. */
const companions = new Set([notesFile, 'README.md', 'README.txt', 'README']);

/** Extensions of tables. A file with another extension that is no table either (a PDF, a note) is ignored. */
const tableExtensions = new Set(['.csv', '.tsv', '.tab', '.txt', '.gz', '']);

/**
 * Recognizes the files in a folder by their content. Subfolders, hidden files and README files are ignored.
 *
 * A table of something else is passed over if each source has a file, here or elsewhere.
 *
 * @param elsewhere the sources whose files come from elsewhere
 * @param findInspection spares the inspection of bytes that are known
 * @throws Failure if there is no file of a source, or a file that should be a table is not recognized and may be a file of one
 */
export async function findCandidates(
  folder: string,
  sources: readonly Source[],
  note: (text: string) => void,
  elsewhere: readonly Source[] = [],
  findInspection?: FindInspection,
): Promise<Candidate[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {ENOTDIR: 'is a file, not a folder', ENOENT: 'there is no such folder'};
    const why = reasons[error.code ?? ''] ?? `can't be read (${error.message})`;
    throw new Failure(`--from "${folder}": ${why}. Give the folder that holds the downloaded files.`, exit.usage);
  });
  const visible = entries.filter(({name}) => !name.startsWith('.') && !companions.has(name));
  const found: Candidate[] = [];
  const others: {name: string; problem: string}[] = [];
  for (const {name} of visible.filter((entry) => !entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A link that leads nowhere is reported like any other file that can't be read.
    const target = await stat(join(folder, name)).catch(() => undefined);
    if (target && !target.isFile()) {
      note(`${name} is passed over: it is ${target.isDirectory() ? 'a link to a folder' : 'a pipe or a device'}`);
      continue;
    }
    const candidate = await inspectCandidate(join(folder, name), sources, findInspection);
    if ('source' in candidate) found.push(candidate);
    else if (!tableExtensions.has(extname(name).toLowerCase())) note(`${name} is passed over: it ${candidate.problem}`);
    else if (candidate.kind === 'unknown') others.push({name, problem: candidate.problem});
    else throw refuse(name, candidate);
  }
  const isComplete = sources.every(
    (source) => elsewhere.includes(source) || found.some((file) => file.source === source),
  );
  for (const {name, problem} of others) {
    if (!isComplete) throw refuse(name, {kind: 'unknown', problem});
    note(`${name} is passed over: it ${problem}`);
  }
  if (found.length === 0) {
    const subfolders = visible.filter((entry) => entry.isDirectory()).map(({name}) => `${name}/`);
    throw new Failure(
      `${folder}: no file of ${sources.map(({title}) => title).join(', ')} is in this folder${
        subfolders.length > 0 ? ` (subfolders are not looked at: ${subfolders.join(', ')})` : ''
      }. Download the files into it as docs/getting-the-data.md says, or try the bundled example: npx rollcall demo.`,
      exit.usage,
    );
  }
  return found;
}

/**
 * Inspects a single file that must belong to the given source.
 *
 * @throws Failure if it does not
 */
export async function readCandidate(path: string, source: Source): Promise<Candidate> {
  const candidate = await inspectCandidate(path, [source]);
  if ('source' in candidate) return candidate;
  const way = candidate.kind !== 'unknown' ? '' : ` Give the ${source.title}.`;
  throw new Failure(
    `${basename(path)} ${candidate.problem}${way} The published build is unchanged.`,
    candidate.kind === 'unreadable' ? exit.usage : exit.failed,
  );
}

/** Why a file was not recognized. `problem` follows its name in a message. */
interface UnrecognizedFile {
  kind: 'unreadable' | 'no table' | 'unknown';
  problem: string;
}

const wayOut: Record<UnrecognizedFile['kind'], string> = {
  unreadable: 'Take it out of the folder, or put the file there.',
  'no table': '',
  unknown: 'Is it another data set? Move it out of the folder, or download the right one.',
};

/** Finds the inspection that this code would make of a file with this hash; undefined if it must be made. */
type FindInspection = (sha256: string) => Inspection | undefined;

async function inspectCandidate(
  path: string,
  sources: readonly Source[],
  findInspection?: FindInspection,
): Promise<Candidate | UnrecognizedFile> {
  const inspection = await inspectUnlessKnown(path, findInspection).catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'reading it is not allowed',
      Z_BUF_ERROR: 'it is gzipped and cut off',
      Z_DATA_ERROR: 'it is gzipped and damaged',
    };
    return {unreadable: `can't be read: ${reasons[error.code ?? ''] ?? error.message}.`};
  });
  if ('unreadable' in inspection) return {kind: 'unreadable', problem: inspection.unreadable};
  if ('problem' in inspection) return {kind: 'no table', problem: inspection.problem};
  const source = recognize(sources, inspection.layout.header);
  if (source) {
    const name = basename(path);
    return {path: resolve(path), name, source, inspection, isPreliminary: isNamedPreliminary(name)};
  }
  const {header} = inspection.layout;
  const near = findClosest(sources, header);
  const start = header.slice(0, 6).join(', ').slice(0, 120);
  const lacks = near?.lacks.map((label) => `"${label}"`).join(', ');
  return {
    kind: 'unknown',
    problem: `is not a file of ${sources.map(({title}) => title).join(', ')}: line ${inspection.headerLine} reads "${start}${header.length > 6 ? ', …' : ''}"${
      near ? `; it looks most like ${near.source.title}, but lacks ${lacks}` : ''
    }.`,
  };
}

async function inspectUnlessKnown(
  path: string,
  findInspection?: FindInspection,
): Promise<Inspection | {problem: string}> {
  const sha256 = findInspection && (await hashPlain(path));
  const known = sha256 === undefined ? undefined : findInspection?.(sha256);
  if (known !== undefined) return known;
  const {inspect} = await import('./inspect.ts');
  return inspect(path);
}

function refuse(name: string, {kind, problem}: UnrecognizedFile): Failure {
  return new Failure(`${name} ${problem} ${wayOut[kind]} The published build is unchanged.`);
}
