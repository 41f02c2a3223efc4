import {sep} from 'node:path';
import {exit, Failure} from '../failure.ts';
import {literal} from './database.ts';

/**
 * Writes the relation of one file for a from clause. DuckDB takes a path as a pattern, and folders such as `year=2020` as columns;
 * here a path is the name of a file.
 *
 * @throws Failure (exit 2) for a path that no pattern can express
 */
export function selectFile(reader: 'read_csv' | 'read_parquet', path: string, ...options: string[]): string {
  return `${reader}(${[literal(escapePattern(path)), 'hive_partitioning = false', ...options].join(', ')})`;
}

function escapePattern(path: string): string {
  if (!/[[*?]/.test(path)) return path;
  if (sep === '/' && path.includes('\\')) {
    throw new Failure(
      `${path}: DuckDB can't read a file whose path has a backslash together with [, * or ?. Rename the folder or the file.`,
      exit.usage,
    );
  }
  return path.replaceAll(/[[*?]/g, '[$&]');
}
