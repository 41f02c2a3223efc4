import assert from 'node:assert/strict';
import {type ExecFileException, execFile, execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';
import * as v from 'valibot';
import packageJson from '#package.json' with {type: 'json'};
import {projectFolder} from '../../src/project-folder.ts';

const lockFile = v.object({packages: v.record(v.string(), v.object({dev: v.optional(v.boolean())}))});
const isWindows = process.platform === 'win32';
/** Root ignores permissions, so it has to become another user for these tests. */
const nobody = process.getuid?.() === 0 ? 65534 : undefined;

/** A folder with a space in its name, where the package is installed and read-only. */
const root = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-test-')));
const folder = join(root, 'an analyst');
const modules = join(folder, 'node_modules');
const installed = join(modules, packageJson.name);
const bin = join(installed, 'bin', 'rollcall.js');

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program in the folder, as a user who can write there and nowhere else. */
async function execute(program: string, args: readonly string[]): Promise<Outcome> {
  const npm = {npm_config_cache: join(folder, '.npm'), npm_config_offline: 'true', npm_config_update_notifier: 'false'};
  const env = {...process.env, ...npm, HOME: folder, TMPDIR: folder, NO_COLOR: '1'};
  const options = {
    cwd: folder,
    env: {...env, FORCE_COLOR: '0', NODE_COMPILE_CACHE: undefined},
    maxBuffer: 1 << 26,
    shell: isWindows && program === 'npx',
    ...(nobody !== undefined && {uid: nobody, gid: nobody}),
  };
  try {
    const {stdout, stderr} = await promisify(execFile)(program, args, options);
    return {code: 0, stdout, stderr};
  } catch (error) {
    const {code, stdout = '', stderr = ''} = error as ExecFileException;
    assert.equal(typeof code, 'number', String(error));
    return {code: Number(code), stdout, stderr};
  }
}

/** Runs `npx rollcall`, which finds the installed package or fails. */
const rollcall = (...args: string[]) => execute('npx', ['--no', '--', 'rollcall', ...args]);

function filesIn(of: string): string[] {
  return readdirSync(of, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(of.length + 1));
}

/** Links Rollcall's dependencies beside it, as npm would: those of the checkout, without development dependencies. */
function linkDependencies(): void {
  const {packages} = v.parse(lockFile, JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')));
  for (const [path, {dev}] of Object.entries(packages)) {
    const isTop = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
    if (!isTop || dev || !existsSync(join(projectFolder, path))) continue;
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    symlinkSync(join(projectFolder, path), join(folder, path), isWindows ? 'junction' : 'dir');
  }
}

before(() => {
  const pack = ['pack', '--silent', '--pack-destination', root];
  execFileSync('npm', pack, {cwd: projectFolder, shell: isWindows, stdio: ['ignore', 'ignore', 'inherit']});
  const tarball = readdirSync(root).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball);
  mkdirSync(installed, {recursive: true});
  execFileSync('tar', ['-xzf', join(root, tarball), '-C', installed, '--strip-components=1']);
  linkDependencies();
  mkdirSync(join(modules, '.bin'));
  if (isWindows) writeFileSync(join(modules, '.bin', 'rollcall.cmd'), `@node "${bin}" %*\r\n`);
  else symlinkSync(bin, join(modules, '.bin', 'rollcall'));
  for (const entry of readdirSync(installed, {recursive: true, withFileTypes: true})) {
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, statSync(path).mode & 0o555);
  }
  chmodSync(installed, 0o555);
  chmodSync(root, 0o755);
  if (nobody !== undefined) chownSync(folder, nobody, nobody);
});

after(() => rmSync(root, {recursive: true, force: true}));

test('the package has the files that run and are read, and nothing that only development needs', () => {
  const files = filesIn(installed);
  assert.deepEqual([...new Set(files.map((path) => path.split(/[/\\]/)[0]))].sort(), [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'corrections.yml',
    'dbt',
    'dist',
    'docs',
    'examples',
    'package.json',
    'sample',
  ]);
  assert.deepEqual(
    files.filter((path) => path.endsWith('.ts')),
    [],
  );
  const named = files
    .filter((path) => path.endsWith('.js'))
    .flatMap((path) => readFileSync(join(installed, path), 'utf8').match(/\bdocs\/[\w/-]+\.md\b/g) ?? []);
  assert.ok(named.includes('docs/getting-the-data.md'));
  for (const path of named) assert.ok(existsSync(join(installed, path)), `a message names ${path}, which is not there`);
  assert.match(readFileSync(join(installed, 'dist', 'LICENSES.md'), 'utf8'), /\| hono \|/);
  const models = filesIn(join(projectFolder, 'dbt', 'models'));
  assert.deepEqual(filesIn(join(installed, 'dbt', 'models')).sort(), models.sort());
});

describe('a read-only package in a folder with a space in its name', () => {
  test('npx rollcall --version prints the version', async () => {
    assert.deepEqual(await rollcall('--version'), {code: 0, stdout: `${packageJson.version}\n`, stderr: ''});
  });

  test('the demo makes a home directory with a report in the current folder, and commands can query it', async () => {
    const demo = await rollcall('demo', '--home', 'data');
    assert.equal(demo.code, 0, demo.stderr);
    assert.match(demo.stdout, /^The 5 schools of each type .*^The 10 schools .*rollcall history 1 --home data$/ms);
    assert.doesNotMatch(demo.stderr, /passed over|warned ospi/);
    assert.ok(existsSync(join(folder, 'data', 'published', 'warehouse.duckdb')));
    const site = join(folder, 'data', 'published', 'site');
    const page = readFileSync(
      join(site, 'methods', 'decisions', '0041-the-package-and-its-name', 'index.html'),
      'utf8',
    );
    const loaded = [...page.matchAll(/(?:href|src)="[./]*(assets\/[^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(loaded.some((path) => path.endsWith('.css')) && loaded.some((path) => path.endsWith('.woff2')));
    for (const path of loaded) assert.ok(existsSync(join(site, path)), path);
    const {stdout} = await rollcall('answer', 'teachers-of-color', '--format', 'csv');
    assert.match(stdout.split('\n')[1] ?? '', /Concord International School/);
    const query = "select count(*) as schools from schools where school_year = '2020-21'";
    assert.match((await rollcall('sql', query, '--format', 'json')).stdout, /"schools": ?36/);
    const again = await rollcall('demo', '--home', 'data');
    assert.match(again.stdout + again.stderr, /nothing/i);
  });

  for (const [name, text] of [
    ['rollcall.config.json', '{"schoolYear": "2019-20"}'],
    ['rollcall.config.js', 'export const config = {schoolYear: "2019-20"};'],
    ['rollcall.config.ts', 'const schoolYear: string = "2019-20";\nexport const config = {schoolYear};'],
  ] as const) {
    test(`${name} in the current folder configures the package`, async () => {
      const path = join(folder, name);
      writeFileSync(path, text);
      try {
        const {stdout, stderr} = await rollcall('answer', 'teachers-of-color');
        assert.match(stdout, /^The 10 schools .*, 2019-20$/m, stderr);
        writeFileSync(path, text.replace('2019-20', '2019'));
        const wrong = await rollcall('answer', 'teachers-of-color');
        assert.equal(wrong.code, 2);
        assert.ok(wrong.stderr.includes(`${path}: schoolYear is not a school year such as 2020-21.`), wrong.stderr);
      } finally {
        rmSync(path);
      }
    });
  }

  test('an older Node hands over to the one that npm installed beside the package, and says so if there is none', async () => {
    const older = 'Object.defineProperty(process, "versions", {value: {...process.versions, node: "20.1.0"}})';
    const start = () => execute(process.execPath, ['--import', `data:text/javascript,${older}`, bin, '--version']);
    assert.deepEqual(await start(), {code: 0, stdout: `${packageJson.version}\n`, stderr: ''});
    rmSync(join(modules, `node-${isWindows ? 'win' : process.platform}-${process.arch}`));
    const {code, stderr} = await start();
    assert.equal(code, 1);
    assert.match(stderr, /^rollcall: Node 24 or newer is needed, .*nodejs\.org/);
  });
});
