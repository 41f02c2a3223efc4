import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {examineAll, type Report} from '../../src/doctor/doctor.ts';
import {locateHome} from '../../src/home.ts';
import {chooseWanted, groupByDataset} from '../../src/incoming/datasets.ts';
import {Ledger} from '../../src/ledger/ledger.ts';
import {lock} from '../../src/ledger/lock.ts';
import {rollcall} from '../support/command.ts';
import type {Socrata} from '../support/socrata.ts';
import {startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** The stand-in, with every data set that `npm start` takes: those of years without a sample are copies. */
let state: Socrata;
let csv: Record<string, string>;
before(async () => {
  state = await startState();
  csv = {
    'ospi-enrollment': await download('nvpc-yr7b'),
    'ospi-teachers': await download('y59b-6pu8'),
  };
  for (const {id, source} of groupByDataset(chooseWanted(undefined))) {
    const known = await fetch(`${state.url}/api/views/${id}.json`);
    await known.body?.cancel();
    if (!known.ok) state.set(id, {name: `${source.title} ${id}`, csv: csv[source.id] ?? ''});
  }
});
after(() => state.close());

async function download(id: string): Promise<string> {
  return (await fetch(`${state.url}/api/views/${id}/rows.csv`)).text();
}

const plain = {LANG: 'C.UTF-8'};

function ask(
  home = join(makeTemporaryFolder('home'), 'new'),
  env: NodeJS.ProcessEnv = {},
  now?: () => Date,
): Promise<Report> {
  return examineAll(locateHome(home), {env: {...plain, ROLLCALL_OSPI_URL: state.url, ...env}, ...(now && {now})});
}

/** Lists what is not well: `area subject`. */
function listTroubles({findings}: Report): string[] {
  return findings.filter(({status}) => status === 'trouble').map(({area, subject}) => `${area} ${subject}`);
}

const find = ({findings}: Report, of: string) =>
  findings.find(({area, subject}) => `${area} ${subject}`.startsWith(of));

test('all is well: each data set is named with its columns, and nothing is written', async () => {
  const folder = makeTemporaryFolder('home');
  const report = await ask(join(folder, 'new'));
  assert.deepEqual(listTroubles(report), []);
  assert.equal(report.exitCode, 0);
  assert.deepEqual(readdirSync(folder), []);
  const data = report.findings.filter(({area}) => area === 'data');
  assert.equal(data.length, groupByDataset(chooseWanted(undefined)).length);
  assert.equal(
    find(report, 'data ospi-teachers 2020-21 (y59b-6pu8)')?.says,
    `"Report Card Teacher Demographics 2020-21 School Year", changed 2021-12-20; ${csv['ospi-teachers']?.split('\n')[0]?.split(',').length} columns meet the contract`,
  );
  assert.match(find(report, 'network clock')?.says ?? '', /^\d+ seconds (ahead of|behind) the host's$/);
  assert.equal(find(report, 'home folder')?.says, `${join(folder, 'new')} is not there yet; the first run makes it`);
});

test('it reads the start of each file only', async () => {
  state.set('y59b-6pu8', {csv: `${csv['ospi-teachers']}${`${'x'.repeat(99)}\n`.repeat(100_000)}`});
  state.requests.length = 0;
  assert.equal((await ask()).exitCode, 0);
  const [asked] = state.requests.filter(({id, kind}) => id === 'y59b-6pu8' && kind === 'export');
  assert.ok((asked?.bytes ?? 0) > 0 && (asked?.bytes ?? 0) < 5e6, `${asked?.bytes} bytes of 10 million`);
  state.set('y59b-6pu8', {csv: csv['ospi-teachers'] ?? ''});
});

test('a host that is down is exit code 3, soon, with the machine and the home directory examined', async () => {
  await state.pause();
  const started = performance.now();
  const report = await ask();
  await state.resume();
  assert.ok(performance.now() - started < 5_000);
  assert.equal(report.exitCode, 3);
  assert.deepEqual(listTroubles(report), ['network catalogue']);
  assert.match(find(report, 'network catalogue')?.says ?? '', /nobody answers there \(connection refused\)$/);
  assert.match(find(report, 'network catalogue')?.wayOut ?? '', /HTTPS_PROXY.*npx rollcall demo.*--from DIR/);
  assert.equal(find(report, 'machine DuckDB')?.status, 'ok');
  assert.equal(find(report, 'home folder')?.status, 'ok');
});

test('a name that nobody knows is exit code 3', async () => {
  const report = await ask(undefined, {ROLLCALL_OSPI_URL: 'https://data.invalid'});
  assert.equal(report.exitCode, 3);
  assert.deepEqual(listTroubles(report), ['network name']);
});

test('a data set that is gone is named, and where a run looks instead; without such a one, what to do', async () => {
  state.remove('y59b-6pu8');
  state.remove('q4ba-s3jc');
  const report = await ask();
  state.set('y59b-6pu8', {
    name: 'Report Card Teacher Demographics 2020-21 School Year',
    csv: csv['ospi-teachers'] ?? '',
  });
  assert.equal(report.exitCode, 1);
  state.set('q4ba-s3jc', {name: 'Report Card Enrollment q4ba-s3jc', csv: csv['ospi-enrollment'] ?? ''});
  const teachers = find(report, 'data ospi-teachers 2020-21');
  assert.equal(teachers?.status, 'remark');
  assert.match(teachers?.says ?? '', /it answered 404 \(Cannot find view with id y59b-6pu8\)$/);
  assert.equal(teachers?.wayOut, 'A run looks in yp28-ks6d, the data set with all years.');
  assert.deepEqual(listTroubles(report), ['data ospi-enrollment 2023-24 (rxjk-6ieq)']);
  assert.equal(
    find(report, 'data ospi-enrollment 2023-24 (q4ba-s3jc)')?.wayOut,
    'A run looks in rxjk-6ieq, the data set with all years.',
  );
  assert.match(
    find(report, 'data ospi-enrollment 2023-24 (rxjk-6ieq)')?.wayOut ?? '',
    /src\/sources\/ospi-enrollment\.ts.*--from DIR/,
  );
});

test('what the catalogue lists is named: a found year is examined, a copy is not taken', async () => {
  state.set('aaaa-1111', {name: 'Report Card Enrollment 2025-26 School Year', csv: csv['ospi-enrollment'] ?? ''});
  state.set('bbbb-2222', {name: 'Copy of Report Card Enrollment', csv: csv['ospi-enrollment'] ?? ''});
  state.set('tttt-1111', {
    name: 'Report Card Teacher Demographics 2025-26 School Year',
    csv: csv['ospi-teachers'] ?? '',
  });
  const report = await ask();
  for (const id of ['aaaa-1111', 'bbbb-2222', 'tttt-1111']) state.remove(id);
  assert.deepEqual(listTroubles(report), []);
  assert.match(find(report, 'data ospi-enrollment 2025-26 (aaaa-1111)')?.says ?? '', /45 columns meet the contract/);
  const catalogue = report.findings.filter(({subject}) => subject === 'catalogue').map(({says}) => says);
  assert.ok(
    catalogue.some((says) => /^"Copy of .*" \(data set bbbb-2222\) is not taken: its name is not one of/.test(says)),
    catalogue.join('\n'),
  );
});

test('a header that breaks the contract is named by its columns', async () => {
  const whole = csv['ospi-teachers'] ?? '';
  state.set('y59b-6pu8', {csv: whole.replace('TeacherTotalCount', 'EducatorTotal')});
  const report = await ask();
  state.set('y59b-6pu8', {csv: whole});
  assert.equal(report.exitCode, 1);
  const found = find(report, 'data ospi-teachers 2020-21');
  assert.match(found?.says ?? '', /; column "TeacherTotalCount" is missing; Rollcall does not know "EducatorTotal"$/);
});

test('a web page in place of the data is called that', async () => {
  state.bad({day: 'html', times: 'always', kind: 'export', id: 'y59b-6pu8'});
  const report = await ask();
  state.goodDays();
  assert.match(find(report, 'data ospi-teachers 2020-21')?.says ?? '', /web page/);
  assert.deepEqual(listTroubles(report), ['data ospi-teachers 2020-21 (y59b-6pu8)']);
});

test('a clock that differs from that of the host, or is older than this version, is trouble', async () => {
  const ahead = await ask(undefined, {}, () => new Date(Date.now() + 2 * 3600_000));
  assert.deepEqual([ahead.exitCode, listTroubles(ahead)], [1, ['network clock']]);
  assert.match(find(ahead, 'network clock')?.says ?? '', /^7\d\d\d seconds ahead of the host's$/);
  const past = await ask(undefined, {}, () => new Date(0));
  assert.deepEqual([past.exitCode, listTroubles(past)], [1, ['machine clock', 'network clock']]);
});

test('an app token that the host refuses is trouble of the token', async (t) => {
  const strict = await startState({tokens: ['right-token']});
  t.after(() => strict.close());
  const report = await ask(undefined, {ROLLCALL_OSPI_URL: strict.url, SOCRATA_APP_TOKEN: 'wrong-token'});
  assert.equal(find(report, 'network app token')?.status, 'trouble');
  assert.match(find(report, 'network app token')?.wayOut ?? '', /unset it/);
  const well = await ask(undefined, {ROLLCALL_OSPI_URL: strict.url, SOCRATA_APP_TOKEN: 'right-token'});
  assert.equal(find(well, 'network app token')?.says, 'set, and not refused');
});

test('a proxy, a file of authorities and an address that are wrong are named', async () => {
  const proxy = await ask(undefined, {HTTPS_PROXY: 'ftp://proxy'});
  assert.deepEqual([proxy.exitCode, listTroubles(proxy)], [1, ['network proxy']]);
  const file = join(makeTemporaryFolder('authority'), 'ca.pem');
  writeFileSync(file, 'no certificate');
  const authority = await ask(undefined, {NODE_EXTRA_CA_CERTS: file});
  assert.deepEqual([authority.exitCode, listTroubles(authority)], [1, ['network authorities']]);
  const address = await ask(undefined, {ROLLCALL_OSPI_URL: 'data.wa.gov'});
  assert.deepEqual([address.exitCode, listTroubles(address)], [1, ['network host']]);
});

test('trouble of the home directory comes before that of the host', async () => {
  const folder = makeTemporaryFolder('home');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await state.pause();
  const report = await ask(file);
  await state.resume();
  assert.equal(report.exitCode, 1);
  assert.match(find(report, 'home folder')?.says ?? '', /file: a file stands where a folder is needed/);
});

test('what a killed run left, a damaged build and a running one are found, and left as they are', async () => {
  const home = locateHome(makeTemporaryFolder('home'));
  mkdirSync(join(home.builds, '0123456789ab'), {recursive: true});
  mkdirSync(join(home.landing, 'ospi-teachers'), {recursive: true});
  writeFileSync(join(home.landing, 'ospi-teachers', 'y59b-6pu8.rollcall-host-1-0a1b2c3d.tmp'), '');
  Ledger.open(home.ledger, assert.fail).close();
  const release = lock(home);
  const before = readdirSync(home.folder, {recursive: true}).sort();
  const report = await ask(home.folder);
  release();
  assert.deepEqual(listTroubles(report), ['home builds']);
  assert.match(
    find(report, 'home builds')?.says ?? '',
    /^1 of 1 build can't be read: .*manifest\.json is damaged or missing/,
  );
  assert.equal(find(report, 'home lock')?.status, 'remark');
  assert.match(find(report, 'home leftovers')?.says ?? '', /0a1b2c3d\.tmp$/);
  assert.deepEqual(readdirSync(home.folder, {recursive: true}).sort(), before);
});

test('the command prints one block without secrets, or JSON, and ends with the code', async () => {
  const home = join(makeTemporaryFolder('home'), 'new');
  const env = {
    ROLLCALL_OSPI_URL: state.url.replace('//', '//me:geheim@'),
    SOCRATA_APP_TOKEN: 'secret-token',
    HTTPS_PROXY: 'http://me:geheim@proxy.example:8080',
    LANG: 'C.UTF-8',
  };
  const well = await rollcall(['doctor', '--home', home], {env});
  assert.equal(well.code, 0, well.stdout + well.stderr);
  assert.match(well.stdout, /^Rollcall \S+, \S+, http:\/\/127/);
  assert.match(well.stdout, /\nNothing is wrong \(0 remarks\)\.\nThis text holds no tokens and no passwords/);
  assert.match(well.stdout, /https through http:\/\/\*\*\*@proxy\.example:8080/);
  assert.doesNotMatch(well.stdout + well.stderr, /geheim|secret-token/);
  await state.pause();
  const down = await rollcall(['doctor', '--home', home, '--json'], {env});
  await state.resume();
  assert.equal(down.code, 3);
  const report: Report = JSON.parse(down.stdout);
  assert.equal(report.exitCode, 3);
  assert.doesNotMatch(down.stdout, /geheim|secret-token/);
});

test('a configured schedule that never comes due is named', async () => {
  const cwd = makeTemporaryFolder('configured');
  const schedule = {cron: '0 6 30 2 *', timeZone: 'America/Los_Angeles', from: 'live'};
  writeFileSync(join(cwd, 'rollcall.config.json'), JSON.stringify({schedule}));
  const {code, stderr} = await rollcall(['doctor', '--home', join(cwd, 'home')], {cwd});
  assert.equal(code, 2);
  assert.match(stderr, /no cron expression with a time zone that comes due: 0 6 30 2 \*/);
});
