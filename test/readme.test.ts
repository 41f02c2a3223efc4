import assert from 'node:assert/strict';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';
import {rollcall} from './support/command.ts';
import {openSampleBuild} from './support/pipeline.ts';

test('the answers in the README and in the exploration match the output of the commands on the sample', async () => {
  const built = await openSampleBuild();
  built.close();
  for (const path of ['README.md', 'docs/exploration.md']) {
    const text = await readFile(join(projectFolder, path), 'utf8');
    const printed = [...text.matchAll(/<!-- rollcall (.+?) -->\n```\n(.+?)```/gs)];
    assert.ok(printed.length > 0);
    for (const [, command = '', output] of printed) {
      const {code, stdout} = await rollcall([...command.split(' '), '--home', built.home]);
      assert.equal(code, 0);
      assert.equal(stdout, output, `${path}: ${command}`);
    }
  }
});

test('every link of the documents leads to a file', async () => {
  const {glob} = await import('node:fs/promises');
  let links = 0;
  for await (const path of glob('{*.md,docs/**/*.md,sample/*.md}', {cwd: projectFolder})) {
    const text = await readFile(join(projectFolder, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      await assert.doesNotReject(stat(join(projectFolder, path, '..', target)), `${path}: ${target}`);
      links++;
    }
  }
  assert.ok(links > 100);
});

test('the index of decisions lists every decision', async () => {
  const folder = join(projectFolder, 'docs/decisions');
  const index = await readFile(join(folder, 'README.md'), 'utf8');
  for (const name of await readdir(folder)) {
    if (name !== 'README.md') assert.ok(index.includes(`(${name})`), name);
  }
});
