import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {exit} from '../../src/failure.ts';
import {expectError, type Outcome, rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {findPublishedHome, makeWorkspace, readPublishedState} from '../support/workspace.ts';

async function exported(home: string, to: string, ...options: string[]): Promise<Outcome> {
  return rollcall(['export', '--home', home, '--to', to, ...options]);
}

test('an export does not change the home directory, and says on standard error that the data is the sample', async (t) => {
  const {home, root} = await makeWorkspace(t);
  const state = readPublishedState(home);
  for (const [to, what] of [
    ['out', 'each as CSV and Parquet'],
    ['out.xlsx', 'Workbook'],
    ['out.duckdb', '47 tables'],
  ] as const) {
    const {code, stdout, stderr} = await exported(home, join(root, to));
    assert.equal(code, exit.done, stderr);
    assert.ok(stdout.startsWith(`${join(root, to)}\n`) && stdout.includes(what), stdout);
    assert.match(stderr, /^SAMPLE: invented/);
  }
  assert.deepEqual(readPublishedState(home), state);
});

test('--json prints the result for programs, --build chooses a build by its id, --tables chooses tables by name', async (t) => {
  const {home, root, edit, run} = await makeWorkspace(t);
  const [first] = readdirSync(join(home, 'builds'));
  edit('SampleSchoolList.txt', (text) => text.replace('Zenith Falls', 'Zenith Hills'));
  assert.equal((await run()).code, exit.done);
  const places = async (...options: string[]) => {
    const to = join(root, 'out');
    const {code, stdout, stderr} = await exported(home, to, '--tables', 'core.dim_school,seeds', '--json', ...options);
    assert.equal(code, exit.done, stderr);
    const result = JSON.parse(stdout) as {build: string; isSample: boolean; tables: {table: string; rows: number}[]};
    assert.equal(result.isSample, true);
    assert.deepEqual([...new Set(result.tables.map(({table}) => table.split('.')[0]))], ['core', 'seeds']);
    const text = readFileSync(join(to, 'core/dim_school.csv'), 'utf8');
    return [result.build, text.includes('Zenith Hills')];
  };
  assert.deepEqual(await places('--build', String(first)), [first, false]);
  const [published, isNew] = await places();
  assert.notEqual(published, first);
  assert.equal(isNew, true);
});

for (const [why, args, message] of [
  ['no target', [], /required option '--to <target>' not specified/],
  ['one file for many tables', ['--to', 'schools.csv'], /can't hold all tables\. Give a folder/],
  [
    'a file of an unknown format',
    ['--to', 'schools.foo'],
    /"\.foo" is no format .*\.xlsx or \.duckdb file, postgres:.*a folder/,
  ],
  ['an unknown kind of target', ['--to', 's3://bucket/schools'], /s3:\/\/…: exports there are not supported/],
  ['a missing parent folder', ['--to', 'nowhere/schools.xlsx'], /there is no folder .*nowhere\. Create it/],
  ['no such build', ['--to', 'out', '--build', 'abc'], /abc: there is no such build\. There are: [0-9a-f]{12}/],
  ['no such table', ['--to', 'out', '--tables', 'schoools'], /no schema or table "schoools"/],
  ['no school year', ['--to', 'out.xlsx', '--year', '2021'], /not a school year/],
  ['a year for an export of all years', ['--to', 'out', '--year', '2020-21'], /--year goes with a workbook/],
  ['tables for a workbook of questions', ['--to', 'out.xlsx', '--tables', 'marts'], /a workbook holds the answers/],
  [
    'an unreadable address',
    ['--to', 'postgres://u:geheim@[::/x'],
    /can't be read\. Write it like postgres:\/\/user@host/,
  ],
  ['unknown settings', ['--to', 'postgres://u:geheim@localhost/x?sslmode=yes'], /sslmode=yes is not one of/],
] as const) {
  test(`wrong usage: ${why}`, async () => {
    const cwd = makeTemporaryFolder('usage');
    const outcome = await rollcall(['export', '--home', await findPublishedHome(), ...args], {cwd});
    assert.match(expectError(outcome), message);
    assert.equal(outcome.code, exit.usage);
    assert.doesNotMatch(outcome.stderr, /geheim/);
    assert.deepEqual(readdirSync(cwd), []);
  });
}

test('in a home directory without a published build, the error says how to publish one', async () => {
  const outcome = await exported(makeTemporaryFolder('empty'), join(makeTemporaryFolder('usage'), 'out'));
  assert.match(expectError(outcome), /nothing is published here yet/);
  assert.equal(outcome.code, exit.failed);
});

test('a successful export leaves no other files beside it', async (t) => {
  const {home, root} = await makeWorkspace(t);
  assert.equal((await exported(home, join(root, 'out.xlsx'))).code, exit.done);
  assert.ok(existsSync(join(root, 'out.xlsx.datapackage.json')));
  assert.deepEqual(readdirSync(root).sort(), ['folder', 'home', 'out.xlsx', 'out.xlsx.datapackage.json']);
});
