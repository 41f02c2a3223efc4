import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as v from 'valibot';
import {open} from '../duckdb/database.ts';
import {withUtf8} from '../encoding.ts';
import {isGzipped, makeTemporaryName, removeTemporary} from '../files.ts';
import type {Candidate} from '../ingest/candidates.ts';
import {cellMacros, readColumn, selectCellAt} from '../ingest/columns.ts';
import {findLanded, type Landed, land, withRemarks} from '../ingest/land.ts';
import {matchHeader} from '../ingest/recognize.ts';
import {explainReadError, selectCells} from '../ingest/scan.ts';
import type {SchoolYear} from '../school-year.ts';

/** Lands a candidate, or returns the landed file with the same bytes. */
export async function landCandidate(folder: string, candidate: Candidate): Promise<{landed: Landed; isNew: boolean}> {
  const {source, inspection} = candidate;
  const known = await findLanded(folder, source, inspection.sha256);
  // The stored inspection may come from older code, and the file may have been renamed since.
  if (known) return {landed: withRemarks({...known, ...inspection, fileName: candidate.name}, candidate), isNew: false};
  const schoolYears = candidate.schoolYears ?? (await readSchoolYears(candidate));
  return {landed: await land(folder, source, candidate, schoolYears), isNew: true};
}

/** Reads the school years of a file's rows. There are none if the file lacks the column; reshaping then reports it. */
export async function readSchoolYears({path, name, source, inspection}: Candidate): Promise<SchoolYear[]> {
  const column = source.columns.find(({kind}) => kind === 'school_year' || kind === 'ending_year');
  const positions = column && matchHeader(source, inspection.layout.header).positions.get(column.id);
  if (column === undefined || positions === undefined) return [];
  const file = {...inspection, path, fileName: name, isGzipped: isGzipped(path)};
  if (!inspection.isUtf8) await removeTemporary(tmpdir(), {of: 'rollcall'});
  const db = await open();
  try {
    await db.run(cellMacros);
    const rows = await withUtf8(file, makeTemporaryName(join(tmpdir(), 'rollcall')), (readable) =>
      db.read(
        v.object({schoolYear: v.nullable(v.string())}),
        `select distinct ${readColumn(column, selectCellAt(positions))} as "schoolYear"
          from ${selectCells(readable, source.furniture)} order by 1`,
      ),
    );
    return rows.flatMap(({schoolYear}) => schoolYear ?? []);
  } catch (error) {
    throw explainReadError({fileName: name}, error);
  } finally {
    db.close();
  }
}
