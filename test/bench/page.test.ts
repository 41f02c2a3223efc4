import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {renderPerformancePage} from '../../bench/page.ts';
import {projectFolder} from '../../src/project-folder.ts';

test('the benchmark page matches the measured results (if not, run: node bench/page.ts)', async () => {
  const pages = await renderPerformancePage();
  assert.ok(pages.size > 0);
  for (const [path, made] of pages) {
    assert.equal(await readFile(join(projectFolder, path), 'utf8'), made, path);
  }
});
