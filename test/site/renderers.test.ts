import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {serialize} from 'node:v8';
import {startRenderers} from '../../site/renderers.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

test('an error in a thread ends the rendering with that error', async () => {
  const site = {decisions: [], assets: new Map<string, string>(), base: '/', origin: undefined};
  const folder = makeTemporaryFolder('pages');
  const renderers = startRenderers(folder, site);
  const file = join(folder, '.2020-21');
  writeFileSync(file, serialize({schoolYear: '2020-21'}));
  const year = {schoolYear: '2020-21', remark: undefined, folder: '', files: new Set<string>()};
  try {
    await assert.rejects(renderers.render({stored: {file, downloads: []}, years: [year]}), TypeError);
  } finally {
    await renderers.stop();
  }
});

test('if the warehouse can’t be opened, no thread keeps the process alive', () => {
  const folder = makeTemporaryFolder('report');
  const [warehouse, out] = [join(folder, 'none.duckdb'), join(folder, 'site')];
  const code = `import {buildSite} from ${JSON.stringify(import.meta.resolve('../../site/build.ts'))};
    await buildSite(${JSON.stringify({warehouse, facts: {}})}, {}, ${JSON.stringify(out)}).catch(({message}) => {
      console.error(message);
      process.exitCode = 1;
    });`;
  const program = join(folder, 'program.mjs');
  writeFileSync(program, code);
  // It is killed if it doesn't end by itself.
  const ended = spawnSync(process.execPath, [program], {encoding: 'utf8', timeout: 60_000});
  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /none\.duckdb/);
});
