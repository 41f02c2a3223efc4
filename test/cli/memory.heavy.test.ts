import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {rollcall, theError} from '../support/command.ts';
import {exportedBytes} from '../support/tables.ts';
import {answeredSchools, publishedHome, publishedState, workspace} from '../support/workspace.ts';

/** The memory that a command takes before it writes aside. */
const asked = async (memory: string) => {
  const {code, stdout} = await rollcall(
    ['sql', `select current_setting('memory_limit') as limit`, '--json', '--home', await publishedHome()],
    {env: {ROLLCALL_MEMORY: memory}},
  );
  assert.equal(code, 0);
  return (JSON.parse(stdout) as {limit: string}[])[0]?.limit;
};

test('two gigabytes, or what ROLLCALL_MEMORY says', async () => {
  // DuckDB shows powers of two: 2 × 10⁹ bytes are 1907.3 of 2²⁰, or 1.8 of 2³⁰.
  assert.equal(await asked(''), '1.8 GiB');
  assert.equal(await asked('300MB'), '286.1 MiB');
  assert.equal(await asked('1.5 GiB'), '1.5 GiB');
});

test('what is no size is refused, by the name of the setting', async () => {
  const home = await publishedHome();
  for (const memory of ['3', 'lots', '-1GB', '80%', '2GB;']) {
    const outcome = await rollcall(['answer', 'schools', '--home', home], {env: {ROLLCALL_MEMORY: memory}});
    assert.equal(outcome.code, 2, memory);
    assert.match(theError(outcome), /ROLLCALL_MEMORY is ".*", which is not a size. Write it as 4GB or 500MB/);
  }
});

test('a run that has too little says so and what to do, and leaves the old build; with more it ends in the same tables', async (t) => {
  const space = await workspace(t);
  const before = publishedState(space.home);
  const run = (memory: string, home: string) =>
    rollcall(['run', '--force', '--from', space.folder, '--home', home], {env: {ROLLCALL_MEMORY: memory}});
  const outcome = await run('20MB', space.home);
  assert.equal(outcome.code, 1);
  assert.match(theError(outcome), /ROLLCALL_MEMORY allows .* is not enough; allow more/);
  assert.equal(publishedState(space.home)['published'], before['published']);
  assert.equal(await answeredSchools(space.home), 32);

  const tight = join(space.root, 'tight');
  const {code, stderr} = await run('400MB', tight);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await exportedBytes(tight), await exportedBytes(space.home));
});
