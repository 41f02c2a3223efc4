import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {cp} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {open} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {startServer} from '../serve/server.ts';
import {type Outcome, rollcall} from '../support/command.ts';
import {oddestName, oddNames} from '../support/odd-names.ts';
import {enrollment, list, makeWorkspace, query, type Workspace} from '../support/workspace.ts';

const rows =
  'select school_year, count(*) as n, count(school_id) as schools from marts.schools group by all order by all';

/** Puts the files of a workspace into a folder of this name, and spoiled ones into a folder that the name would match as a pattern. */
function place({root, folder}: Workspace, name: string, decoy?: string) {
  const at = join(root, name);
  cpSync(folder, join(at, 'from'), {recursive: true});
  if (decoy !== undefined) {
    cpSync(folder, join(root, decoy, 'from'), {recursive: true});
    const path = join(root, decoy, 'from', enrollment);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('Vega Elementary', 'Vega Primary'));
  }
  cpSync(join(at, 'from', list), join(at, list));
  return {at, home: join(at, 'home'), from: join(at, 'from'), list: join(at, list)};
}

function assertDone({code, stdout, stderr}: Outcome, what: string): string {
  assert.equal(code, 0, `${what}: ${stderr}`);
  assert.doesNotMatch(stderr, /this is a bug/);
  return stdout;
}

for (const [name, decoy] of oddNames) {
  test(`home, --from, --school-list and --to under ${JSON.stringify(name)}`, async (t) => {
    const space = await makeWorkspace(t);
    const {at, home, from, list} = place(space, name, decoy);
    assertDone(await rollcall(['run', '--home', home, '--from', from, '--school-list', list]), 'run');
    assert.deepEqual(await query(home, rows), await query(space.home, rows));
    const [{n = 0} = {}] = await query(
      home,
      "select count(*) as n from marts.schools where school_name like 'Vega Primary%'",
    );
    assert.equal(n, 0, 'no decoy was read');
    const to = join(at, 'out.duckdb');
    for (const _ of [1, 2])
      assertDone(await rollcall(['export', '--home', home, '--to', to, '--tables', 'core']), 'export');
    const db = await open(to, {readOnly: true});
    assert.ok((await db.rows('from core.dim_school')).length > 30);
    db.close();
    assert.deepEqual(
      readdirSync(at).sort(),
      [list, 'from', 'home', 'out.duckdb', 'out.duckdb.datapackage.json']
        .map((each) => each.replace(`${at}/`, ''))
        .sort(),
    );
  });
}

test('every command with a home, files and targets under the oddest name', async (t) => {
  const space = await makeWorkspace(t);
  const {at, home, from, list} = place(space, oddestName);
  const inputs = ['--from', from, '--school-list', list];
  const edited = join(from, enrollment);
  assertDone(await rollcall(['run', '--home', home, ...inputs], {withSite: true}), 'run');
  writeFileSync(edited, readFileSync(edited, 'utf8').replaceAll('Vega Elementary', 'Vega Primary'));
  for (const args of [
    ['plan', ...inputs],
    ['run', ...inputs],
    ['site'],
    ['site', '--out', join(at, 'out')],
    ['site', '--out', join(at, 'out')],
    ['export', '--to', join(at, 'x.duckdb')],
    ['export', '--to', join(at, 'x.xlsx')],
    ['export', '--to', join(at, 'x.xlsx')],
    ['export', '--to', join(at, 'tables')],
    ['export', '--to', join(at, 'tables')],
    ['answer', 'schools'],
    ['sql', 'select count(*) from schools'],
    ['build', '--select', 'dim_school'],
    ['changes'],
    ['history'],
    ['sources'],
    ['rollback'],
    ['prune', '--keep', '1'],
  ]) {
    const {code, stderr} = await rollcall([...args, '--home', home]);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  }
  assert.ok(existsSync(join(at, 'out', 'index.html')));
  const server = await startServer(t, locateHome(home));
  for (const path of ['/', '/schools/', '/operations', '/health', '/metrics'])
    assert.equal((await fetch(server.url + path)).status, 200, path);
});

// Node itself runs no module whose path has a backslash.
test('a checkout under the oddest name', async (t) => {
  const {root} = await makeWorkspace(t);
  const checkout = join(root, oddestName);
  const left = ['node_modules', '.git', 'data'].map((each) => join(projectFolder, each));
  await cp(projectFolder, checkout, {recursive: true, filter: (path) => !left.includes(path)});
  symlinkSync(join(projectFolder, 'node_modules'), join(checkout, 'node_modules'));
  mkdirSync(join(root, 'here'));
  const {stdout} = await promisify(execFile)(process.execPath, [join(checkout, 'bin/rollcall.js'), 'demo'], {
    cwd: join(root, 'here'),
    env: {...process.env, NO_COLOR: '1'},
  });
  assert.match(stdout, /representation/);
  assert.ok(existsSync(join(root, 'here', 'data', 'demo', 'published', 'site', 'index.html')));
});
