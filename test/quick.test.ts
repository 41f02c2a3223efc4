import assert from 'node:assert/strict';
import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';

/*
 * The tests of `npm test` need nothing but the checkout. A file that needs more is named *.heavy.test.ts. In addition, test/run.ts
 * hides the machine's programs from the quick tests.
 */

/** Modules that need a tool, or files that are not in the repository. */
const needy = [
  'test/support/tools.ts',
  'test/support/mounts.ts',
  'test/trial/rollcall.ts',
  'test/trial/source-files.ts',
  'test/parity/programs.ts',
  'test/deploy/protected.ts',
];
const needyText = /playwright-core|from 'pg'|\['(ROLLCALL_TRIAL_DATA|CHROMIUM|PATH)'\]|getuid|'\/usr\/|'npm'/;

function filesOf(pattern: string): string[] {
  return globSync(pattern, {cwd: projectFolder}).map((path) => path.replaceAll('\\', '/'));
}

/** Returns the modules of test/ that a file imports, directly or indirectly, and the file itself. */
function findModules(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(join(projectFolder, path), 'utf8');
  for (const [, target = ''] of text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)) {
    const other = normalize(join(dirname(path), target)).replaceAll('\\', '/');
    // Some tests write modules of their own, whose imports look the same.
    if (other.startsWith('test/') && existsSync(join(projectFolder, other))) findModules(other, found);
  }
  return found;
}

const quick = filesOf('test/**/*.test.ts').filter((path) => !path.endsWith('.heavy.test.ts'));
const heavy = filesOf('test/**/*.heavy.test.ts');

/** Returns why a test file isn't quick; undefined if it is. */
function explainHeavy(path: string): string | undefined {
  for (const module of findModules(path)) {
    if (needy.includes(module)) return module;
    const [text] = needyText.exec(readFileSync(join(projectFolder, module), 'utf8')) ?? [];
    if (text !== undefined && module !== 'test/quick.test.ts') return `${text} in ${module}`;
  }
  return undefined;
}

test('a quick test uses no tool, and no files outside the repository', () => {
  assert.ok(quick.length > 40);
  for (const path of quick) assert.equal(explainHeavy(path), undefined, `${path} needs more: name it *.heavy.test.ts`);
});

test('a test that uses a tool is recognized', () => {
  for (const path of needy) assert.ok(filesOf(path).length === 1, `${path} is gone`);
  const named = [
    'export/postgres',
    'export/office',
    'serve/browser',
    'site/pages',
    'cli/disks',
    'trial/answers',
    'deploy/units',
  ];
  for (const name of named) {
    const path = `test/${name}.heavy.test.ts`;
    assert.ok(heavy.includes(path), path);
    assert.notEqual(explainHeavy(path), undefined, path);
  }
});
