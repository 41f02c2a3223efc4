import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, suite, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {exit} from '../../src/failure.ts';
import {expectError, type Outcome, rollcall} from '../support/command.ts';
import {buildFrom} from '../support/pipeline.ts';
import {noPostgres, type Server, startPostgres} from '../support/postgres.ts';
import {startProxy} from '../support/proxy.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {findPublishedHome, makeWorkspace, query} from '../support/workspace.ts';

async function exported(home: string, to: string, ...options: string[]): Promise<Outcome> {
  return rollcall(['export', '--home', home, '--to', to, ...options]);
}

test('two home directories with the same files export the same bytes, except the time of download', async () => {
  const folder = makeTemporaryFolder('export');
  const paths: string[] = [];
  for (const name of ['one', 'two']) {
    const home = await buildFrom('sample');
    home.close();
    const {code, stdout} = await exported(home.home, join(folder, name));
    assert.equal(code, exit.done);
    assert.match(stdout, /47 tables, [\d,]+ rows, each as CSV and Parquet, of build [0-9a-f]{12}\.\n$/);
    paths.push(join(folder, name));
  }
  const [one = '', two = ''] = paths;
  const files = readdirSync(one, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(one.length + 1));
  assert.ok(files.length > 2 * 46);
  const differing = files.filter((name) => !readFileSync(join(one, name)).equals(readFileSync(join(two, name))));
  assert.deepEqual(differing.sort(), ['datapackage.json']);
  const [mine, theirs] = paths.map((path) => {
    const text = readFileSync(join(path, 'datapackage.json'), 'utf8');
    return text.replaceAll(/"(landedAt|created)": "[^"]+"/g, '"$1"');
  });
  assert.equal(mine, theirs);
});

const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));

/** Starts an export in its own process, and kills it with SIGKILL once `when` resolves. */
async function killExport(home: string, to: string, when: () => Promise<unknown>): Promise<void> {
  const child = spawn(process.execPath, [program, 'export', '--home', home, '--to', to], {stdio: 'ignore'});
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await Promise.race([when(), ended]).finally(() => child.kill('SIGKILL'));
  assert.equal(await ended, 'SIGKILL', 'it ended before it was killed');
}

for (const name of ['out', 'out.duckdb']) {
  test(`a killed export into ${name} leaves the former export in place`, async (t) => {
    const {home, root} = await makeWorkspace(t);
    const to = join(root, name);
    assert.equal((await exported(home, to, '--tables', 'seeds')).code, exit.done);
    const file = name === 'out' ? join(to, 'datapackage.json') : to;
    const first = readFileSync(file);
    await killExport(home, to, async () => {
      while (!listLeftovers(root).some((entry) => entry.startsWith(name))) await pause(5);
    });
    assert.ok(readFileSync(file).equals(first));
    const {code, stderr} = await exported(home, to);
    assert.equal(code, exit.done, stderr);
    assert.ok(!readFileSync(file).equals(first));
    assert.deepEqual(listLeftovers(root), []);
  });
}

/** Lists temporary files and folders: those of an export stand beside its target, or within a folder that is there. */
function listLeftovers(root: string): string[] {
  return readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((entry) => entry.endsWith('.tmp'));
}

suite('into Postgres', {skip: noPostgres}, () => {
  let server: Server;
  before(async () => {
    server = await startPostgres({hba: ['host all loader 127.0.0.1/32 scram-sha-256']});
    await server.rows(`create role loader login password 'ge/heim@1'`);
  });
  after(() => server.stop());

  const address = (database: string, password?: string) =>
    server.url({user: 'loader', database, ...(password !== undefined && {password})});

  test('the whole warehouse arrives; the password comes from the address or the environment, and is never printed', async () => {
    const home = await findPublishedHome();
    const database = await server.database();
    await server.rows(`grant create on database ${database} to loader`);
    const outcomes = [
      await exported(home, address(database, 'ge/heim@1')),
      await rollcall(['export', '--home', home, '--to', address(database), '--json'], {env: {PGPASSWORD: 'ge/heim@1'}}),
      await exported(home, address(database, 'wrong/heim@1')),
      await exported(home, `${address(database, 'ge/heim@1')}?sslmode=require`),
    ];
    assert.deepEqual(
      outcomes.map(({code}) => code),
      [exit.done, exit.done, exit.usage, exit.unreachable],
    );
    for (const {stdout, stderr} of outcomes) assert.doesNotMatch(stdout + stderr, /heim/);
    assert.match(
      outcomes[0]?.stdout ?? '',
      /^postgres:\/\/\*\*\*@127\.0\.0\.1:\d+\/db1\n47 tables, ([\d,]+) rows.*: \1 inserted, 0 changed, 0 deleted\.\n$/,
    );
    assert.deepEqual(JSON.parse(outcomes[1]?.stdout ?? '').changes, {deleted: 0, updated: 0, inserted: 0});
    assert.match(
      expectError(outcomes[2] as Outcome),
      /password authentication failed for user "loader"\. Check the user/,
    );
    const sql = `select (select count(*) from core.fct_enrollment) as n, (select count(student_count) from core.fct_enrollment) as known,
      (select sum(student_count) from core.fct_enrollment) as students, (select count(*) from marts.schools) as schools`;
    const [here] = await query(home, sql);
    const [there] = await server.rows(sql, database);
    assert.deepEqual(Object.values(there ?? {}).map(Number), Object.values(here ?? {}));
  });

  test('an export that is killed halfway leaves the old tables, and the next one completes as usual', async (t) => {
    const {home, edit, run} = await makeWorkspace(t);
    const database = await server.database();
    await server.rows(`grant create on database ${database} to loader`);
    assert.equal((await exported(home, address(database, 'ge/heim@1'))).code, exit.done);
    const state = `select (select build from rollcall.data_package) as build, (select count(*)::int from core.dim_school where city = 'Zenith Hills') as n`;
    const [first] = await server.rows(state, database);
    edit('SampleSchoolList.txt', (text) => text.replaceAll('Zenith Falls', 'Zenith Hills'));
    assert.equal((await run()).code, exit.done);
    // The proxy lets rows of the first tables through, and then stalls; then the process is killed.
    const proxy = await startProxy(server.port, 'stall', 1_000_000);
    const slow = server.url({user: 'loader', password: 'ge/heim@1', database, port: proxy.port});
    await killExport(home, slow, () => proxy.stopped);
    await proxy.close();
    assert.deepEqual(await server.rows(state, database), [first]);
    const {code, stderr} = await exported(home, address(database, 'ge/heim@1'));
    assert.equal(code, exit.done, stderr);
    const [now] = await server.rows(state, database);
    assert.notEqual(now?.['build'], first?.['build']);
    assert.ok(Number(now?.['n']) > 0);
  });

  test('a user without write access gets an error that says so', async () => {
    const database = await server.database();
    const outcome = await exported(await findPublishedHome(), address(database, 'ge/heim@1'));
    assert.match(expectError(outcome), /permission denied for database db\d+\. The tables there are as they were\.$/);
    assert.equal(outcome.code, exit.failed);
  });
});
