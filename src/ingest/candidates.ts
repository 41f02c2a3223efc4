import {readdir} from 'node:fs/promises';
import {basename, extname, join, resolve} from 'node:path';
import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {open} from '../warehouse/duckdb.ts';
import {cellName, readColumn, readers} from './columns.ts';
import {checkContract} from './contract.ts';
import {type Inspection, inspect} from './inspect.ts';
import {findLanded, type Landed, land} from './land.ts';
import {closest, match, recognise} from './recognise.ts';
import {cells, readingFailure} from './scan.ts';

/** A file that is one of a source's, by its content. */
export interface Candidate {
  path: string;
  name: string;
  source: Source;
  inspection: Inspection;
}

/** What files that hold tables are called. A file of another kind that is no table either (a PDF, a note) is passed over. */
const tableExtensions = new Set(['.csv', '.tsv', '.tab', '.txt', '']);

/**
 * Recognises the files of a folder by their content. Subfolders and hidden files are not looked at.
 *
 * @throws Failure where there is no file, or one that should be a table is not one of ours
 */
export async function candidatesIn(
  folder: string,
  sources: readonly Source[],
  note: (text: string) => void,
): Promise<Candidate[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => {
    throw new Failure(
      `${folder}: there is no such folder. Give the folder that holds the downloaded files.`,
      exit.usage,
    );
  });
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({name}) => name);
  const found: Candidate[] = [];
  for (const name of names.sort()) {
    const candidate = await candidateOf(join(folder, name), sources);
    if ('source' in candidate) found.push(candidate);
    else if (tableExtensions.has(extname(name).toLowerCase())) throw new Failure(`${name} ${candidate.problem}`);
    else note(`${name} is passed over: it ${candidate.problem}`);
  }
  if (found.length === 0) {
    const subfolders = entries.filter((entry) => entry.isDirectory()).map(({name}) => `${name}/`);
    throw new Failure(
      `${folder}: no file of ${sources.map(({title}) => title).join(', ')} is in this folder${
        subfolders.length > 0 ? ` (subfolders are not looked at: ${subfolders.join(', ')})` : ''
      }. Download the files into it as docs/getting-the-data.md says, or try the sample: npm run demo.`,
      exit.usage,
    );
  }
  return found;
}

/**
 * A single file that must be of the given source.
 *
 * @throws Failure where it isn't
 */
export async function candidateFor(path: string, source: Source): Promise<Candidate> {
  const candidate = await candidateOf(path, [source]).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      error.code === 'ENOENT' ? `${path}: there is no such file.` : `${path}: can't be read (${error.message}).`,
      exit.usage,
    );
  });
  if ('problem' in candidate) throw new Failure(`${basename(path)} ${candidate.problem}`);
  return candidate;
}

async function candidateOf(path: string, sources: readonly Source[]): Promise<Candidate | {problem: string}> {
  const inspection = await inspect(path);
  if ('problem' in inspection) return inspection;
  const source = recognise(sources, inspection.layout.header);
  if (source) return {path: resolve(path), name: basename(path), source, inspection};
  const {header} = inspection.layout;
  const near = closest(sources, header);
  const start = header.slice(0, 6).join(', ').slice(0, 120);
  return {
    problem: `is not a file that Rollcall knows: line 1 reads "${start}${header.length > 6 ? ', …' : ''}"${
      near
        ? `; it looks most like ${near.source.title}, but lacks ${near.lacks.map((label) => `"${label}"`).join(', ')}`
        : ''
    }. Is it another data set? Move it out of the folder, or download the right one.`,
  };
}

/** Lands a candidate; the landed file that is already there where its bytes are known. */
export async function landCandidate(folder: string, candidate: Candidate): Promise<{landed: Landed; isNew: boolean}> {
  const {source, inspection} = candidate;
  const known = await findLanded(folder, source, inspection.sha256);
  if (known) return {landed: known, isNew: false};
  const schoolYears = await schoolYearsOf(candidate);
  return {landed: await land(folder, source, candidate, schoolYears), isNew: true};
}

/** The school years that a file has rows of. Reads its one column; rows without a readable year are left to reshaping. */
async function schoolYearsOf({path, name, source, inspection}: Candidate): Promise<SchoolYear[]> {
  const column = source.columns.find(({kind}) => kind === 'school_year' || kind === 'ending_year');
  const position = column && match(source, inspection.layout.header).positions.get(column.id);
  if (column === undefined || position === undefined) {
    // Without the column of the year the file belongs to no partition; the contract says so in its own words.
    checkContract(source, {
      ...inspection,
      sourceId: source.id,
      path,
      fileName: name,
      origin: path,
      schoolYears: [],
      landedAt: '',
    });
    return [];
  }
  const db = await open();
  try {
    await db.run(readers);
    const rows = await db.rows(
      `select distinct ${readColumn(column, cellName(position))} as school_year
        from ${cells(path, inspection.layout, source.furniture)} order by 1`,
    );
    return rows.flatMap(({school_year}) => (typeof school_year === 'string' ? [school_year] : []));
  } catch (error) {
    throw readingFailure({fileName: name}, error);
  } finally {
    db.close();
  }
}
