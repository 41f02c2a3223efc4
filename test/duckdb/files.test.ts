import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {glob, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {literal, open} from '../../src/duckdb/database.ts';
import {selectFile} from '../../src/duckdb/files.ts';
import {findWritablePath} from '../../src/duckdb/writable.ts';
import {exit, Failure} from '../../src/failure.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {oddNames} from '../support/odd-names.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

for (const [name, decoy] of oddNames) {
  test(`a path is a name and no pattern: ${JSON.stringify(name)}`, async () => {
    const root = makeTemporaryFolder('odd');
    const db = await open();
    for (const [folder, value] of [
      [name, 1],
      [decoy, 2],
    ] as const) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, 'f.csv'), `n\n${value}\n`);
      await db.run(`copy (select ${value} as n) to ${literal(join(root, folder, 'f.parquet'))} (format parquet)`);
    }
    const rows = async (text: string) => (await db.query(`from ${text}`)).rows;
    assert.deepEqual(await rows(selectFile('read_csv', join(root, name, 'f.csv'), 'header = true')), [{n: 1}]);
    assert.deepEqual(await rows(selectFile('read_parquet', join(root, name, 'f.parquet'))), [{n: 1}]);
    const path = join(root, name, 'w.duckdb');
    for (const n of [1, 2]) {
      const file = await open(path);
      await file.run(n === 1 ? 'create table t as select 1 as n' : 'insert into t values (2)');
      file.close();
    }
    const {written, finish} = findWritablePath(join(root, name, 'v.duckdb'));
    await db.run(`attach ${literal(written)} as v; create table v.t as select 3 as n; detach v`);
    finish();
    await db.run(`attach ${literal(path)} as w (read_only)`);
    assert.deepEqual(await rows('w.t'), [{n: 1}, {n: 2}]);
    await db.run(`attach ${literal(join(root, name, 'v.duckdb'))} as v (read_only)`);
    assert.deepEqual(await rows('v.t'), [{n: 3}]);
    db.close();
    assert.deepEqual(readdirSync(join(root, name)).sort(), ['f.csv', 'f.parquet', 'v.duckdb', 'w.duckdb']);
  });
}

test('a file whose name ends like that of another format is read as what it is', async () => {
  const path = join(makeTemporaryFolder('odd'), 'list.gz');
  writeFileSync(path, 'n\n1\n');
  const db = await open();
  const rows = await db.rows(`from ${selectFile('read_csv', path, "compression = 'none'", 'header = true')}`);
  assert.deepEqual(rows, [{n: 1}]);
  db.close();
});

test('a path that no pattern can express is refused', () => {
  assert.throws(
    () => selectFile('read_csv', '/srv/back\\slash/a*/f.csv'),
    (error) => error instanceof Failure && error.exitCode === exit.usage && /Rename the folder/.test(error.message),
  );
});

test('files are read in this way only', async () => {
  for await (const path of glob(['src/**/*.ts', 'site/**/*.ts'], {cwd: projectFolder})) {
    const text = await readFile(join(projectFolder, path), 'utf8');
    assert.doesNotMatch(text, /read_(csv|parquet|json|blob)\w*\(/, path);
  }
});

test('a database that another process has open for writing is not called damaged', async (t) => {
  const path = join(makeTemporaryFolder('open'), 'w.duckdb');
  (await open(path)).close();
  const before = readFileSync(path);
  const database = new URL('../../src/duckdb/database.ts', import.meta.url).href;
  const program = `const {open} = await import(${JSON.stringify(database)});
    await open(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await assert.rejects(open(path, {readOnly: true}), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, new RegExp(`w\\.duckdb is open for writing in process ${child.pid} `));
    return true;
  });
  assert.ok(readFileSync(path).equals(before));
});
