import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join, relative} from 'node:path';
import {before, test} from 'node:test';
import {makeTemporaryName} from '../../src/files.ts';
import {locateHome} from '../../src/home.ts';
import {lock} from '../../src/ledger/lock.ts';
import {run} from '../../src/runs/run.ts';
import {expectError, rollcall} from '../support/command.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeEnrollmentFile, makeFolder, makeListFile} from '../support/publisher.ts';
import {makeSite} from '../support/site.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const home = makeTemporaryFolder('home');
before(async () => {
  const outcome = await rollcall(['run', '--from', 'sample', '--home', home], {withSite: true});
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stdout, /^Report {8}.*site$/m);
});

const page = (folder: string) => readFileSync(join(folder, 'index.html'), 'utf8');

test("a run makes the report in its build's folder", () => {
  const build = readlinkSync(join(home, 'published')).replace('builds/', '');
  assert.match(page(join(home, 'published', 'site')), new RegExp(build));
});

test('a second run rebuilds neither the build nor the report', async () => {
  const file = join(home, 'published', 'site', 'index.html');
  const made = statSync(file).mtimeMs;
  const {stdout} = await rollcall(['run', '--from', 'sample', '--home', home], {withSite: true});
  assert.match(stdout, /Nothing to do/);
  assert.equal(statSync(file).mtimeMs, made);
});

test('the report can be written to another folder; only its page for a missing address needs the base path', async () => {
  const out = join(makeTemporaryFolder('out'), 'deep', 'report');
  const {code, stdout} = await rollcall(['site', '--home', home, '--out', out, '--base', '/rollcall']);
  assert.equal(code, 0);
  assert.equal(stdout, `${out}\n`);
  assert.match(readFileSync(join(out, '404.html'), 'utf8'), /href="\/rollcall\/schools\/"/);
  assert.match(page(out), /href="schools\/index.html"/);
  assert.doesNotMatch(page(out), /(href|src|action)="\//);
  assert.equal(existsSync(join(out, 'sitemap.xml')), false, 'no address, no sitemap');
  const again = await rollcall(['site', '--home', home, '--out', out]);
  assert.equal(again.code, 0, 'a report is replaced by a report');
  assert.match(readFileSync(join(out, '404.html'), 'utf8'), /href="\/schools\/"/);
  assert.deepEqual(readdirSync(join(out, '..')), ['report'], 'nothing half is left beside it');
});

test('leftovers of a killed process beside a report are removed, and those of a running one stay', async () => {
  const out = join(makeTemporaryFolder('out'), 'report');
  const child = spawnSync(process.execPath, ['--version']);
  const living = makeTemporaryName('report');
  const others = [living, 'report.tmp', `report.${child.pid}.tmp`];
  for (const name of [living.replace(`-${process.pid}-`, `-${child.pid}-`), ...others])
    mkdirSync(join(out, '..', name));
  const {code} = await rollcall(['site', '--home', home, '--out', out]);
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(join(out, '..')).toSorted(), ['report', ...others].toSorted());
});

test('two reports at once into one folder, or into the home: one is refused with exit 4 or waits its turn, and the report is whole', async () => {
  const out = join(makeTemporaryFolder('out'), 'report');
  for (const args of [['--out', out], ['--out', out], []]) {
    const both = await Promise.all([1, 2].map(() => rollcall(['site', '--home', home, ...args])));
    assert.ok(both.some(({code}) => code === 0));
    for (const {code, stderr} of both)
      assert.ok(code === 0 || (code === 4 && /Wait for it to end/.test(stderr)), stderr);
    const folder = args.length > 0 ? out : realpathSync(join(home, 'published', 'site'));
    const {files} = JSON.parse(readFileSync(join(folder, 'rollcall-site.json'), 'utf8')) as {files: string[]};
    const there = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
    assert.ok(files.length > 100);
    assert.deepEqual(there.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort(), files.sort());
  }
});

test('while a run holds the home, no report is written into it', async () => {
  const release = lock(locateHome(home));
  try {
    for (const args of [[], ['--out', join(home, 'published', 'site')]])
      assert.equal((await rollcall(['site', '--home', home, ...args])).code, 4);
    assert.equal((await rollcall(['site', '--home', home, '--out', join(makeTemporaryFolder('out'), 'x')])).code, 0);
  } finally {
    release();
  }
});

test('a report in the checkout of a web host is replaced, also one of Rollcall 0.1, and what the host keeps there stays', async () => {
  const out = makeTemporaryFolder('checkout');
  mkdirSync(join(out, '.git'));
  writeFileSync(join(out, '.git', 'HEAD'), 'ref');
  writeFileSync(join(out, 'CNAME'), 'rollcall.example');
  writeFileSync(join(out, 'rollcall-site.json'), '{"build": "x", "isSample": true, "stamp": "y"}');
  writeFileSync(join(out, 'former.html'), 'a page of an earlier version');
  for (const _ of [1, 2]) assert.equal((await rollcall(['site', '--home', home, '--out', out])).code, 0);
  assert.equal(readFileSync(join(out, '.git', 'HEAD'), 'utf8'), 'ref');
  assert.equal(readFileSync(join(out, 'CNAME'), 'utf8'), 'rollcall.example');
  assert.ok(!existsSync(join(out, 'former.html')) && existsSync(join(out, 'index.html')));
});

test('a folder with other files is refused and left unchanged', async () => {
  const out = makeTemporaryFolder('precious');
  writeFileSync(join(out, 'thesis.txt'), 'x');
  const error = expectError(await rollcall(['site', '--home', home, '--out', out]));
  assert.match(error, /are not a report.*new or empty/);
  assert.deepEqual(readdirSync(out), ['thesis.txt']);
});

test('wrong usage ends in a sentence', async () => {
  const empty = makeTemporaryFolder('empty');
  assert.match(expectError(await rollcall(['site', '--home', empty])), /nothing is published/);
  const base = await rollcall(['site', '--home', home, '--base', 'rollcall']);
  assert.equal(base.code, 2);
  assert.match(expectError(base), /--base rollcall: write the path/);
});

test('if the report fails, nothing is published, and the published build stays', async () => {
  const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
  const students = (count: number) => makeEnrollmentFile([{...school, grade_level: 'All Grades', white: count}]);
  const folder = await makeFolder({
    's.csv': students(30),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const at = locateHome(makeTemporaryFolder('home'));
  await run({home: at, from: folder}, recordProgress());
  const published = readlinkSync(at.published);
  writeFileSync(join(folder, 's.csv'), students(31));
  const broken = {schoolYear: '2020-21', url: 'no address'};
  await assert.rejects(run({home: at, from: folder, site: broken}, recordProgress()), /The report can't be built/);
  assert.equal(readlinkSync(at.published), published);
  const builds = readdirSync(at.builds);
  assert.ok(
    builds.length === 2 && builds.every((name) => !existsSync(join(at.builds, name, 'site'))),
    'no half report',
  );
  await run({home: at, from: folder, site: {schoolYear: '2020-21'}}, recordProgress());
  assert.notEqual(readlinkSync(at.published), published, 'the next run goes on from there');
  assert.ok(existsSync(join(at.published, 'site', 'index.html')));
});

test('other settings rebuild the report, and it lists the changes of its build', async () => {
  const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
  const students = (count: number) => makeEnrollmentFile([{...school, grade_level: 'All Grades', white: count}]);
  const folder = await makeFolder({
    's.csv': students(30),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const at = locateHome(makeTemporaryFolder('home'));
  const site = {schoolYear: '2020-21'};
  await run({home: at, from: folder, site}, recordProgress());
  const data = () => readFileSync(join(at.published, 'site', 'data', 'index.html'), 'utf8');
  assert.match(data(), /no earlier build here to compare/);
  const first = readlinkSync(at.published).replace('builds/', '');
  writeFileSync(join(folder, 's.csv'), students(31));
  await run({home: at, from: folder, site}, recordProgress());
  assert.match(data(), new RegExp(`Compared with build ${first}`));
  assert.match(data(), /ospi-enrollment 2020-21: \d+ figures restated/);
  await run({home: at, from: folder, site: {...site, base: '/other'}}, recordProgress());
  assert.match(readFileSync(join(at.published, 'site', '404.html'), 'utf8'), /href="\/other\/schools\/"/);
});

test("with the report's public address, pages have a canonical address and a preview, and a sitemap lists them", async () => {
  const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
  const files = {
    's.csv': makeEnrollmentFile([{...school, grade_level: 'All Grades', white: 30}]),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  };
  const site = await makeSite(files, {url: 'https://example.org/rollcall/'});
  const document = site.document('/schools/99001-9001/');
  const meta = (name: string) => document.querySelector(`meta[property="${name}"]`)?.getAttribute('content');
  assert.equal(
    document.querySelector('link[rel="canonical"]')?.getAttribute('href'),
    'https://example.org/rollcall/schools/99001-9001/',
  );
  assert.equal(meta('og:image'), 'https://example.org/rollcall/preview.png');
  const picture = readFileSync(join(site.folder, 'preview.png'));
  assert.equal(picture.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [1200, 630]);
  const map = readFileSync(join(site.folder, 'sitemap.xml'), 'utf8');
  const listed = [...map.matchAll(/<loc>https:\/\/example\.org\/rollcall(.*?)<\/loc>/g)].map(([, path]) => path);
  const pages = site.pages.filter((path) => path !== '/404.html' && !path.startsWith('/methods/decisions/'));
  assert.deepEqual(listed.toSorted(), pages.toSorted());
});
