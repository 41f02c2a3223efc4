import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Server, startPostgres} from '../test/support/postgres.ts';
import {measure, type Usage} from './measure.ts';

let server: Server | undefined;

/** Runs the job with pandas, in its own database. The memory is that of Python and the server together. */
export async function measurePandas(programs: string, files: string, how: 'insert' | 'copy'): Promise<Usage> {
  server ??= await startPostgres({settings: ['shared_buffers=1GB', 'work_mem=64MB', 'max_wal_size=8GB']});
  const database = await server.database();
  const url = server.url({database}).replace('postgres:', 'postgresql:');
  const postmaster = Number(readFileSync(join(server.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const script = join(import.meta.dirname, 'pandas_postgres.py');
  const usage = await measure(join(programs, 'python'), [script, files, url, how], {others: [postmaster]});
  await server.rows(`drop database ${database}`);
  return usage;
}
