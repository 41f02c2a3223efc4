import {existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {writeComments} from '../duckdb/comments.ts';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import {findWritablePath} from '../duckdb/writable.ts';
import {createDataPackage, formatDescriptor, placeInDatabase} from './data-package.ts';
import {writeSingleFile} from './single-file.ts';
import {composeRemark, type Export, quoteName, type Table} from './tables.ts';

/** Writes the tables into a DuckDB file, with a comment on each table and column, and a descriptor beside it. */
export async function exportDuckdbFile(path: string, {db, build, tables}: Export): Promise<void> {
  const write = async (aside: string) => {
    const {written, finish} = findWritablePath(aside);
    const log = `${written}.wal`;
    await db.run(`attach ${literal(written)} as export (read_write, storage_version 'v1.0.0')`);
    let isComplete = false;
    try {
      for (const schema of new Set(tables.map((table) => table.schema)))
        await db.run(`create schema if not exists export.${identifier(schema)}`);
      for (const table of tables) await copyTable(db, table);
      isComplete = true;
    } finally {
      // On a full disk, the log can't be written into the file, and stays. So it does while another connection reads every database.
      await db
        .run('detach export')
        .catch((error: Error) => {
          throw Object.assign(error, {path});
        })
        .then(() => {
          if (isComplete && existsSync(log)) throw new Error(`${path}: DuckDB did not write everything into the file`);
        })
        .finally(() => rm(log, {force: true}));
      finish();
    }
  };
  await writeSingleFile(path, write, (file) => {
    const placed = placeInDatabase(tables, {format: 'duckdb', mediatype: 'application/vnd.duckdb.file', ...file});
    return formatDescriptor(createDataPackage(build, placed));
  });
}

async function copyTable(db: Database, table: Table): Promise<void> {
  const into = `export.${quoteName(table)}`;
  await db.run(`create table ${into} as ${table.query}`);
  // In one transaction: in its own, each comment would be written to disk by itself.
  const comments = writeComments({name: into, description: composeRemark(table), columns: table.columns});
  await db.run(`begin transaction;\n${comments}\ncommit`);
}
