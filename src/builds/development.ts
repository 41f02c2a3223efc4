import {constants} from 'node:fs';
import {chmod, copyFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {readGraph} from '../dbt/graph/read-graph.ts';
import {select} from '../dbt/graph/select.ts';
import {storeTestResults} from '../dbt/run/data-tests.ts';
import {develop, type SelectionResult} from '../dbt/run/develop.ts';
import {open} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {lock} from '../ledger/lock.ts';
import type {Progress} from '../progress.ts';
import {projectFolder} from '../project-folder.ts';
import {repairHint} from './find.ts';
import {requirePublished} from './published.ts';

export interface DevelopmentResult extends SelectionResult {
  warehouse: string;
  isSample: boolean;
  label?: string;
}

/**
 * Builds and tests the selected models in a fresh copy of the published build, which stays unchanged.
 *
 * @param options dbt selectors; an empty `select` selects everything
 * @throws Failure if nothing is published, a selector matches nothing, or a model reads a missing table
 */
export async function buildDevelopment(
  {home, ...options}: {home: Home; select: string[]; exclude: string[]},
  progress: Progress,
): Promise<DevelopmentResult> {
  const graph = await readGraph(join(projectFolder, 'dbt'));
  const selection = select(graph, options.select, options.exclude);
  const published = await requirePublished(home);
  const folder = home.development;
  const warehouse = join(folder, 'warehouse.duckdb');
  const release = lock({...home, folder, lock: join(folder, 'build.lock')});
  try {
    for (const path of [warehouse, `${warehouse}.wal`]) await rm(path, {force: true});
    await copyFile(published.warehouse, warehouse, constants.COPYFILE_FICLONE);
    await chmod(warehouse, 0o644);
    const db = await open(warehouse).catch((error: Error) => {
      if (error instanceof Failure) throw error;
      throw new Failure(`${published.warehouse} can't be opened (${error.message.split('\n')[0]}). ${repairHint}`);
    });
    try {
      // As in a run (decision 22).
      await db.run('set threads = 1');
      const developed = await progress.step('build', async (update) => {
        const result = await develop(db, graph, selection, update);
        await storeTestResults(db, result.tests);
        return {result, summary: `in a copy of build ${published.id}`};
      });
      const {isSample, label} = published.manifest;
      return {...developed, warehouse, isSample, ...(label !== undefined && {label})};
    } finally {
      db.close();
    }
  } finally {
    release();
  }
}
