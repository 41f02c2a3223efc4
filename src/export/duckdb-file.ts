import {basename} from 'node:path';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import {writeAtomically} from '../files.ts';
import {replace} from '../replace.ts';
import {createDataPackage, formatDescriptor, placeInDatabase} from './data-package.ts';
import {fingerprint} from './folder.ts';
import {composeRemark, type Export, quoteName, type Table} from './tables.ts';

/**
 * Writes the tables into a DuckDB file, with a comment on each table and column, and a descriptor beside it. Each complete file
 * replaces the earlier one.
 */
export async function exportDuckdbFile(path: string, {db, build, tables}: Export): Promise<void> {
  await replace(path, async (aside) => {
    await db.run(`attach ${literal(aside)} as export (read_write, storage_version 'v1.0.0')`);
    try {
      for (const schema of new Set(tables.map((table) => table.schema)))
        await db.run(`create schema if not exists export.${identifier(schema)}`);
      for (const table of tables) await copyTable(db, table);
    } finally {
      await db.run('detach export');
    }
  });
  const placed = placeInDatabase(tables, {
    path: basename(path),
    format: 'duckdb',
    mediatype: 'application/vnd.duckdb.file',
    ...(await fingerprint(path)),
  });
  await writeAtomically(`${path}.datapackage.json`, formatDescriptor(createDataPackage(build, placed)));
}

async function copyTable(db: Database, table: Table): Promise<void> {
  const into = `export.${quoteName(table)}`;
  await db.run(`create table ${into} as ${table.query}`);
  await db.run(`comment on table ${into} is ${literal(composeRemark(table))}`);
  for (const {name, description} of table.columns) {
    if (description !== undefined)
      await db.run(`comment on column ${into}.${identifier(name)} is ${literal(description)}`);
  }
}
