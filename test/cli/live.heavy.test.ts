import assert from 'node:assert/strict';
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {rollcall} from '../support/command.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** The real command against the stand-in for the publisher's host, as in `npm start`. */
let state: Socrata;
before(async () => {
  state = await startState();
});
after(() => state.close());

const live = (home: string, ...args: string[]) =>
  rollcall(['run', '--home', home, '--years', '2019-20,2020-21', '--school-list', sampleList, ...args], {
    env: {ROLLCALL_OSPI_URL: state.url},
  });

test('run downloads from the host, and does nothing the second time; sources lists the landed files', async () => {
  const home = makeTemporaryFolder('home');
  const first = await live(home, '--json');
  assert.equal(first.code, 0, first.stderr);
  const result = JSON.parse(first.stdout) as {status: string; schoolYears: string[]};
  assert.deepEqual([result.status, result.schoolYears], ['published', ['2019-20', '2020-21']]);
  const asked = state.requests.length;
  const second = await live(home);
  assert.match(second.stdout, /^(SAMPLE.*\n)?Nothing to do/);
  const kinds = Map.groupBy(state.requests.slice(asked), ({kind}) => kind);
  assert.ok(!kinds.has('export') && !kinds.has('page'), 'nothing is downloaded');
  assert.ok((kinds.get('metadata')?.length ?? 0) <= 4, 'one request for each data set');
  assert.ok((kinds.get('catalogue')?.length ?? 0) <= 2, 'one for each source');
  assert.ok((kinds.get('groups')?.length ?? 0) <= 2, 'and one for the years of each data set of all years');

  const {stdout} = await rollcall(['sources', '--json', '--home', home]);
  const rows = JSON.parse(stdout) as {
    data_set: string;
    rows: number | null;
    landed_at: string | null;
    published_at: string | null;
  }[];
  const [students] = rows.filter(({data_set}) => data_set === 'nvpc-yr7b');
  assert.equal(students?.rows, 374);
  assert.equal(students?.published_at, '2021-12-20 11:33');
  assert.match(students?.landed_at ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  const [older] = rows.filter(({data_set}) => data_set === 'i9gq-g35m');
  assert.deepEqual([older?.rows, older?.landed_at], [null, null], '2014-15 is declared, and not landed');

  const answer = await rollcall(['answer', 'schools', '--json', '--home', home, '--year', 'latest']);
  assert.equal((JSON.parse(answer.stdout) as unknown[]).length, 32);
});

test('if the host is absent, run exits with 3 and one sentence, and the published build is unchanged', async () => {
  const home = makeTemporaryFolder('home');
  await live(home);
  const before = readdirSync(join(home, 'builds'));
  await state.pause();
  const outcome = await live(home);
  await state.resume();
  assert.equal(outcome.code, 3);
  assert.match(outcome.stderr, /^rollcall: http.* can't be reached: .*npx rollcall demo.*--from DIR\.$/m);
  assert.doesNotMatch(outcome.stderr, /^ {4}at |data set/m, 'no data set is blamed for the host');
  assert.deepEqual(readdirSync(join(home, 'builds')), before);
  assert.equal((await rollcall(['answer', 'schools', '--home', home])).code, 0);
});

test('without a network, a fresh home directory stays without a build', async () => {
  const home = makeTemporaryFolder('home');
  await state.pause();
  const outcome = await rollcall(['run', '--home', home], {env: {ROLLCALL_OSPI_URL: state.url}});
  await state.resume();
  assert.equal(outcome.code, 3, outcome.stderr);
  assert.ok(!existsSync(join(home, 'published')));
});

test('an invalid address is wrong usage', async () => {
  for (const url of ['data.wa.gov', 'ftp://data.wa.gov', 'nonsense']) {
    const {code, stderr} = await rollcall(['run', '--home', makeTemporaryFolder('home')], {
      env: {ROLLCALL_OSPI_URL: url},
    });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /ROLLCALL_OSPI_URL: ".*" is not an address/);
  }
});
