import {join} from 'node:path';
import {identifier, literal, open} from '../../src/warehouse/duckdb.ts';
import {type Ours, parity} from './parity.ts';
import {dbtBuild, install, runDbt, tell} from './programs.ts';

/*
 * npm run parity:dbt [DIR]
 *
 * Compares Rollcall's build with that of dbt itself, in the same engine: everything has to be the same to the last bit.
 */
await parity('dbt', 0, async (ours) => {
  const programs = await install('dbt');
  const warehouse = await copyRaw(ours);
  tell('building with dbt');
  await runDbt(programs, dbtBuild('duckdb', ours.work), ours.work, {ROLLCALL_WAREHOUSE: warehouse});
  return warehouse;
});

/** A warehouse with the same raw tables, and nothing made of them yet. */
async function copyRaw({warehouse, work}: Ours): Promise<string> {
  const path = join(work, 'theirs.duckdb');
  const db = await open(path);
  await db.run(`attach ${literal(warehouse)} as ours (read_only); create schema raw`);
  const tables = await db.rows(
    `select table_name from duckdb_tables() where database_name = 'ours' and schema_name = 'raw'`,
  );
  for (const {table_name} of tables) {
    const table = identifier(String(table_name));
    await db.run(`create table raw.${table} as select * from ours.raw.${table}`);
  }
  db.close();
  return path;
}
