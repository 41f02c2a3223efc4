import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {projectFolder} from '../../src/project-folder.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {skipWithout} from '../support/tools.ts';
import {explainNoProtection, listCheckout, makeHomeOfNobody, readLineOf, runProtected} from './protected.ts';

/** The commands of deploy/ under the conditions of the units: another user, no HOME, only the home directory writable. */

const skip = explainNoProtection() ?? false;
let home: string;
let checkout: string[];
before(async () => {
  if (skip) return;
  checkout = listCheckout();
  home = makeHomeOfNobody();
  const {code, stderr} = await runProtected(home, ofTheSample(readLineOf('rollcall-run.service', 'ExecStart=')));
  assert.equal(code, 0, stderr);
});

/** The same command on the sample, which needs no network. */
function ofTheSample(command: string): string {
  assert.match(command, / --from live\b/);
  return command.replace('--from live', '--from sample');
}

const siteOf = (folder: string) =>
  ['index.html', 'schools/index.html', 'rollcall-site.json'].map((path) => join(folder, path));

test("under the conditions, the checkout, the system and people's home folders can't be written", {skip}, async () => {
  for (const path of ['/opt/rollcall/x', '/opt/rollcall/node_modules/.cache', '/usr/x', '/var/lib/x', '/root/x']) {
    const {code} = await runProtected(home, `touch ${path}`);
    assert.notEqual(code, 0, path);
  }
  const {stdout} = await runProtected(
    home,
    'touch /tmp/x $ROLLCALL_HOME/x && rm $ROLLCALL_HOME/x && id -u && echo "[$HOME]"',
  );
  assert.equal(stdout, '65534\n[]\n');
});

test('the run of rollcall-run.service publishes a build with its report', {skip}, () => {
  for (const path of siteOf(join(home, 'published', 'site'))) assert.ok(existsSync(path), path);
});

test("the cron job's command prints nothing and succeeds", {skip}, async () => {
  const line = readLineOf('rollcall.cron', '0 6 * * 1  rollcall  ');
  const fresh = makeHomeOfNobody();
  assert.deepEqual(await runProtected(fresh, ofTheSample(line)), {code: 0, stdout: '', stderr: ''});
  for (const path of siteOf(join(fresh, 'published', 'site'))) assert.ok(existsSync(path), path);
});

test('the server of rollcall.service serves the report, and stops on SIGTERM', {skip}, async () => {
  const serve = readLineOf('rollcall.service', 'ExecStart=').replace('--port 8080', '--port 0');
  assert.match(serve, / serve --port 0$/);
  const {code, stdout, stderr} = await runProtected(
    home,
    `${serve} > /tmp/said 2>&1 & for i in $(seq 100); do url=$(grep -o 'http://[0-9.:]*' /tmp/said | head -1) && [ -n "$url" ] && break; sleep 0.2; done
    node -e 'fetch(process.argv[1]).then(async (r) => console.log(r.status, (await r.text()).match(/<h1>.*?<\\/h1>/)?.[0]))' "$url"
    kill -TERM $!; wait $! || { code=$?; cat /tmp/said >&2; exit $code; }`,
  );
  assert.equal(stdout, '200 <h1>Do the teachers reflect the students they teach?</h1>\n', stderr);
  assert.equal(code, 0, stderr);
});

test('the report and the tables can be written to another folder', {skip}, async () => {
  const rollcall = 'node bin/rollcall.js';
  const site = await runProtected(home, `${rollcall} site --out $ROLLCALL_HOME/report --base /rollcall`);
  assert.equal(site.code, 0, site.stderr);
  for (const path of siteOf(join(home, 'report'))) assert.ok(existsSync(path), path);
  assert.match(readFileSync(join(home, 'report', '404.html'), 'utf8'), /href="\/rollcall\/schools\/"/);
  const tables = await runProtected(home, `${rollcall} export --to $ROLLCALL_HOME/tables/`);
  assert.equal(tables.code, 0, tables.stderr);
  assert.ok(existsSync(join(home, 'tables', 'datapackage.json')));
});

test('no command has changed the checkout', {skip}, () => {
  assert.deepEqual(listCheckout(), checkout);
});

const noSystemd = skipWithout(existsSync('/usr/bin/systemd-analyze'), 'systemd-analyze is not installed');

test('systemd accepts every setting of the units, and the time of the timer', {skip: noSystemd}, () => {
  const folder = makeTemporaryFolder('units');
  const deploy = join(projectFolder, 'deploy');
  const units = readdirSync(deploy).filter((name) => /\.(service|timer)$/.test(name));
  assert.equal(units.length, 3);
  const verify = () => {
    const paths = units.map((name) => join(folder, name));
    const {status, stdout, stderr} = spawnSync('systemd-analyze', ['verify', ...paths], {encoding: 'utf8'});
    return {status, said: stdout + stderr};
  };
  const write = (change: (text: string) => string) => {
    for (const name of units) {
      // The program must be there.
      const text = readFileSync(join(deploy, name), 'utf8').replaceAll('/opt/rollcall/', projectFolder);
      writeFileSync(join(folder, name), change(text));
    }
  };
  write((text) => text);
  assert.deepEqual(verify(), {status: 0, said: ''});
  write((text) => text.replace('ProtectSystem=', 'ProtectSystems=').replace('Mon 06:00', 'Mon 26:00'));
  assert.match(verify().said, /rollcall\.service:\d+: Unknown key[\s\S]*rollcall\.timer:\d+: Failed to parse calendar/);
});
