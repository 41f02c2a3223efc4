import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {locateHome} from '../../src/home.ts';
import {deliverNotices} from '../../src/notices/deliver.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {enrollment, sampleFolder} from '../support/workspace.ts';
import {startReceiver} from './receiver.ts';

let state: Socrata;
before(async () => {
  state = await startState();
});
after(() => state.close());

test('a changed data set and an overdue release each send one notice', async (t) => {
  const hook = await startReceiver(t);
  const home = locateHome(makeTemporaryFolder('home'));
  const tellOn = (day: string) =>
    deliverNotices(home, {webhook: {url: hook.url}}, {now: () => new Date(`${day}T12:00:00Z`)});
  const options = {home, from: 'live', years: ['2020-21'], schoolList: sampleList, host: {url: state.url}};
  await tellOn('2021-12-21');
  await run(options, recordProgress());
  // The stand-in published on 20 December 2021, which is after the final release of 2020-21 was due.
  await tellOn('2021-12-21');
  assert.equal(hook.got.length, 0, 'a first build is no change');

  const csv = readFileSync(`${sampleFolder}${enrollment}`, 'utf8');
  state.set('nvpc-yr7b', {
    csv: csv.replaceAll('Vega Elementary', 'Vega Primary'),
    rowsUpdatedAt: 1_650_000_000,
  });
  await run(options, recordProgress());
  await tellOn('2022-02-28');
  await tellOn('2022-02-28');
  assert.deepEqual(
    hook.got.map(({event, subject}) => [event, subject]),
    [['source_changed', 'ospi-enrollment 2020-21']],
    'a name is no figure',
  );
  hook.got.length = 0;
  for (const day of ['2022-03-01', '2022-03-08', '2022-08-01']) await tellOn(day);
  assert.deepEqual(
    hook.got.map(({event, subject, at}) => [event, subject, at.slice(0, 10)]),
    [
      ['source_stale', 'ospi-enrollment 2021-22 preliminary', '2022-03-01'],
      ['source_stale', 'ospi-enrollment 2021-22 final', '2022-08-01'],
    ],
  );
});
