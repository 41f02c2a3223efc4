import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {expectError, rollcall} from '../support/command.ts';
import {hashExport} from '../support/tables.ts';
import {countAnsweredSchools, findPublishedHome, makeWorkspace, readPublishedState} from '../support/workspace.ts';

/** The memory that a command uses before it spills to disk. */
const asked = async (memory: string) => {
  const {code, stdout} = await rollcall(
    ['sql', `select current_setting('memory_limit') as limit`, '--json', '--home', await findPublishedHome()],
    {env: {ROLLCALL_MEMORY: memory}},
  );
  assert.equal(code, 0);
  return (JSON.parse(stdout) as {limit: string}[])[0]?.limit;
};

test('a command uses two gigabytes, or as much as ROLLCALL_MEMORY allows', async () => {
  // DuckDB prints binary units: 2 × 10⁹ bytes are 1907.3 of 2²⁰, or 1.8 of 2³⁰.
  assert.equal(await asked(''), '1.8 GiB');
  assert.equal(await asked('300MB'), '286.1 MiB');
  assert.equal(await asked('1.5 GiB'), '1.5 GiB');
});

test('an invalid size is refused, and the error names the setting', async () => {
  const home = await findPublishedHome();
  for (const memory of ['3', 'lots', '-1GB', '80%', '2GB;']) {
    const outcome = await rollcall(['answer', 'schools', '--home', home], {env: {ROLLCALL_MEMORY: memory}});
    assert.equal(outcome.code, 2, memory);
    assert.match(expectError(outcome), /ROLLCALL_MEMORY is ".*", which is not a size. Write it as 4GB or 500MB/);
  }
});

test('a run with too little memory says so, says what to do, and keeps the old build; with more it makes the same tables', async (t) => {
  const space = await makeWorkspace(t);
  const before = readPublishedState(space.home);
  const run = (memory: string, home: string) =>
    rollcall(['run', '--force', '--from', space.folder, '--home', home], {env: {ROLLCALL_MEMORY: memory}});
  const outcome = await run('20MB', space.home);
  assert.equal(outcome.code, 1);
  assert.match(expectError(outcome), /ROLLCALL_MEMORY allows .* is not enough; allow more/);
  assert.equal(readPublishedState(space.home)['published'], before['published']);
  assert.equal(await countAnsweredSchools(space.home), 32);

  const tight = join(space.root, 'tight');
  const {code, stderr} = await run('400MB', tight);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await hashExport(tight), await hashExport(space.home));
});
