import assert from 'node:assert/strict';
import {readdir} from 'node:fs/promises';
import type {Patience} from '../../src/fetch/http.ts';
import {type Home, locateHome} from '../../src/home.ts';
import type {RunOptions} from '../../src/runs/options.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, sampleYears} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Short waits, so that tests of retries are quick. */
export const patience: Patience = {
  connect: 500,
  silence: 250,
  total: 5_000,
  retries: 1,
  backoff: 10,
  longestWait: 1_500,
};

/** Runs on the data of a host; by default all years of the sample. */
export function runLive(
  host: Socrata,
  home: Home,
  years = sampleYears,
  {
    schoolList = sampleList,
    appToken,
    total = patience.total,
  }: {schoolList?: string; appToken?: string; total?: number} = {},
) {
  return run(
    {home, from: 'live', schoolList, years, host: {url: host.url, appToken, patience: {...patience, total}}},
    recordProgress(),
  );
}

/** Runs one year's data sets on a host that belongs to the test. */
export const runOf = (host: Socrata, home = locateHome(makeTemporaryFolder('live'))): RunOptions => ({
  home,
  from: 'live',
  schoolList: sampleList,
  years: ['2020-21'],
  host: {url: host.url, patience},
});

/** Asserts that no temporary file is left, and that each landed file has its description. */
export async function assertNoPartialFiles(home: Home): Promise<void> {
  const names = await readdir(home.folder, {recursive: true});
  assert.deepEqual(
    names.filter((name) => /\.tmp|\.download/.test(name)),
    [],
  );
  for (const bytes of names.filter((name) => name.endsWith('.csv.gz'))) {
    assert.ok(names.includes(bytes.replace('.csv.gz', '.json')), bytes);
  }
}
