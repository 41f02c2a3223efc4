import {mkdir, writeFile} from 'node:fs/promises';
import {availableParallelism, cpus, totalmem} from 'node:os';
import {join} from 'node:path';
import {open} from '../src/duckdb/database.ts';

/** When and on which machine something was measured. */
export interface Setting {
  /** UTC. */
  date: string;
  machine: {cpu: string; cores: number; memory: number; node: string; duckdb: string};
}

/** Writes a measurement to bench/results/, with the machine it was taken on. */
export async function keep(name: string, measured: object): Promise<void> {
  const db = await open();
  const [row] = await db.rows('select version() as version');
  db.close();
  const setting: Setting = {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpus()[0]?.model ?? '',
      cores: availableParallelism(),
      memory: totalmem(),
      node: process.version,
      duckdb: String(row?.['version']),
    },
  };
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, {recursive: true});
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify({...setting, ...measured}, null, 2)}\n`);
}
