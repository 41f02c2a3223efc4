import {stat} from 'node:fs/promises';
import {dirname, extname, resolve} from 'node:path';
import type {Project} from '../dbt/project/project.ts';
import {open} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {exportDuckdbFile} from './duckdb-file.ts';
import {exportFolder} from './folder.ts';
import {exportToPostgres, type RowCounts} from './postgres.ts';
import {redactAddress} from './postgres-connection.ts';
import {type Build, defaultSchemas, findUndescribed, readTables, type Table} from './tables.ts';
import {exportWorkbook} from './workbook.ts';

export interface ExportOptions {
  /** A folder, an .xlsx or .duckdb file, or the address of a Postgres database. */
  target: string;
  build: Build;
  project: Project;
  /** Schemas and tables; not for a workbook. */
  wanted?: readonly string[] | undefined;
  /** The school year of a workbook's questions. */
  year: {wanted: string | undefined; usual: SchoolYear | undefined};
  note?: (text: string) => void;
  update?: (text: string) => void;
}

export interface ExportResult {
  kind: Target['kind'];
  /** The target for display, without a password. */
  target: string;
  tables: readonly Table[];
  /** Only for a database. */
  changes?: RowCounts;
}

type Target = {kind: 'folder' | 'workbook' | 'duckdb'; path: string} | {kind: 'postgres'; url: string};

/**
 * Exports the tables of a build to the target.
 *
 * @throws Failure (exit 1) if the export is impossible, (exit 2) for wrong usage, (exit 3) if the database can't be reached, (exit 4)
 * if another export into it is under way
 */
export async function exportBuild(options: ExportOptions): Promise<ExportResult> {
  const {build, project, year, note = () => {}, update = () => {}} = options;
  const target = await parseTarget(options.target);
  if (target.kind === 'workbook' && options.wanted !== undefined)
    throw new Failure('--tables: a workbook holds the answers; it offers no choice of tables.', exit.usage);
  if (target.kind !== 'workbook' && year.wanted !== undefined)
    throw new Failure('--year goes with a workbook; every other export has all school years.', exit.usage);
  if (target.kind !== 'postgres') await assertParent(options.target, target.path);
  const db = await open(build.warehouse, {readOnly: true});
  try {
    const tables = await readTables(db, project, build, options.wanted ?? defaultSchemas);
    const strangers = findUndescribed(tables, project);
    if (strangers.length > 0) {
      note(
        `build ${build.id} was made with other models than dbt/ has now; there is no description of ${strangers.slice(0, 3).join(', ')}${strangers.length > 3 ? ` and ${strangers.length - 3} more` : ''}`,
      );
    }
    const what = {db, build, tables, update};
    switch (target.kind) {
      case 'folder':
        await exportFolder(target.path, what);
        break;
      case 'duckdb':
        await exportDuckdbFile(target.path, what);
        break;
      case 'workbook':
        await exportWorkbook(target.path, {...what, year});
        break;
      case 'postgres': {
        const changes = await exportToPostgres(target.url, what);
        return {kind: target.kind, target: redactAddress(target.url), tables, changes};
      }
    }
    return {kind: target.kind, target: options.target.replace(/(?<=.)[/\\]+$/, ''), tables};
  } finally {
    db.close();
  }
}

/** @throws Failure (exit 2) if exports to such a target are not supported */
async function parseTarget(text: string): Promise<Target> {
  if (/^postgres(ql)?:/.test(text)) return {kind: 'postgres', url: text};
  const [scheme] = /^[a-z][a-z0-9+.-]+:\/\//i.exec(text) ?? [];
  if (scheme !== undefined) {
    throw new Failure(
      `--to ${scheme}…: exports there are not supported. Give a folder, an .xlsx or .duckdb file, or postgres://user@host/database.`,
      exit.usage,
    );
  }
  switch (extname(text).toLowerCase()) {
    case '.xlsx':
      return {kind: 'workbook', path: resolve(text)};
    case '.duckdb':
      return {kind: 'duckdb', path: resolve(text)};
    case '.csv':
    case '.parquet':
    case '.xls':
    case '.json':
    case '.zip':
    case '.db':
      throw new Failure(
        `--to ${text}: such a file can't hold all tables. Give a folder (one CSV and one Parquet file for each table), or an .xlsx or .duckdb file.`,
        exit.usage,
      );
    default:
      if (/\.[a-z]\w*$/i.test(text) && !(await stat(text).catch(() => undefined))?.isDirectory())
        throw new Failure(
          `--to ${text}: "${extname(text)}" is no format of an export. Give an .xlsx or .duckdb file, postgres://user@host/database, or a folder, which gets CSV and Parquet; end its name with "/" if it has a dot.`,
          exit.usage,
        );
      return {kind: 'folder', path: resolve(text)};
  }
}

/** An export is written beside its target and renamed, so the parent folder must exist. */
async function assertParent(text: string, path: string): Promise<void> {
  const parent = dirname(path);
  const found = await stat(parent).catch(() => undefined);
  if (!found?.isDirectory())
    throw new Failure(`--to ${text}: there is no folder ${parent}. Create it, or give another place.`, exit.usage);
}
