import {copyFileSync, existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * Finds a path where DuckDB can write a database. In front of a "?" in a path, as in an address, DuckDB puts the suffix of its log,
 * and so names a folder that isn't there. Such a database is written in the temporary folder.
 *
 * @returns the path to write to, and what to call once the database is closed
 */
export function findWritablePath(path: string): {written: string; finish: () => void} {
  if (!path.includes('?')) return {written: path, finish: () => {}};
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-database-'));
  const written = join(folder, 'database.duckdb');
  if (existsSync(path)) copyFileSync(path, written);
  const finish = () => {
    if (existsSync(written)) copyFileSync(written, path);
    rmSync(folder, {recursive: true, force: true});
  };
  return {written, finish};
}
