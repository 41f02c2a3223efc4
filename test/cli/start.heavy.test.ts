import assert from 'node:assert/strict';
import {exec} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {projectFolder} from '../../src/project-folder.ts';
import {sampleYears, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** CI runs this on each system. */
test('npm start, against the stand-in for the host, publishes the years that the host has, with the report', async (t) => {
  const state = await startState();
  t.after(() => state.close());
  const home = makeTemporaryFolder('start');
  const {stdout, stderr} = await promisify(exec)('npm start', {
    cwd: projectFolder,
    env: {...process.env, ROLLCALL_OSPI_URL: state.url, ROLLCALL_HOME: home, NO_COLOR: '1'},
  });
  assert.match(stdout, /^Published build [0-9a-f]{12}\.$/m, stderr);
  assert.ok(stdout.includes(`School years  ${sampleYears.join(', ')}\n`), stdout);
  assert.ok(existsSync(join(home, 'published', 'site', 'index.html')));
});
