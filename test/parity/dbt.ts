import {join} from 'node:path';
import {parity} from './parity.ts';
import {dbtBuild, install, runDbt, tell} from './programs.ts';
import {copyRaw} from './raw.ts';

/*
 * npm run parity:dbt [DIR]
 *
 * Compares Rollcall's build with that of dbt itself, in the same engine: everything has to be the same to the last bit.
 */
await parity('dbt', 0, async (ours) => {
  const programs = await install('dbt');
  const warehouse = join(ours.work, 'theirs.duckdb');
  await copyRaw(ours.warehouse, warehouse);
  tell('building with dbt');
  await runDbt(programs, dbtBuild('duckdb', ours.work), ours.work, {ROLLCALL_WAREHOUSE: warehouse});
  return warehouse;
});
