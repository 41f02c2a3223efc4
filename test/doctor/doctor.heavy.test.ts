import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {type AddressInfo, connect} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {createServer} from 'node:tls';
import {examineAll, type Report} from '../../src/doctor/doctor.ts';
import {exit} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import {rollcall} from '../support/command.ts';
import {explainNoMounts, mountReadOnly} from '../support/mounts.ts';
import {startForwardProxy} from '../support/proxy.ts';
import {startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const skip = hasOpenssl() ? false : 'openssl, which makes the certificates, is not installed';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], {stdio: 'pipe'});
    return true;
  } catch {
    return false;
  }
}

/** Makes an authority of its own and a certificate that it signs for these hosts, as a network that inspects traffic does. */
function makeAuthority(...hosts: string[]) {
  const folder = makeTemporaryFolder('authority');
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, {stdio: 'pipe'});
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/O=An Office/CN=Its authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  openssl(
    ...['req', '-x509', '-CA', at('ca.pem'), '-CAkey', at('ca.key'), ...key, '-subj', `/CN=${hosts[0]}`],
    ...['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-keyout', at('host.key'), '-out', at('host.pem')],
  );
  return {authority: at('ca.pem'), key: readFileSync(at('host.key')), cert: readFileSync(at('host.pem'))};
}

/** Starts the stand-in behind TLS. */
async function startSecure(t: TestContext) {
  const {authority, key, cert} = makeAuthority('data.example', 'localhost');
  const state = await startState();
  const server = createServer({key, cert}, (near) => {
    const far = connect(Number(new URL(state.url).port), '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const proxy = await startForwardProxy(port);
  t.after(async () => {
    await proxy.close();
    await state.close();
    server.close();
  });
  return {authority, port, proxy};
}

async function examine(
  env: NodeJS.ProcessEnv,
): Promise<{code: number; report: Report; says: (subject: string) => string}> {
  const home = join(makeTemporaryFolder('home'), 'new');
  const {code, stdout} = await rollcall(['doctor', '--json', '--home', home], {
    env: {HTTP_PROXY: '', NO_PROXY: '', ...env},
  });
  const report: Report = JSON.parse(stdout);
  const says = (subject: string) => {
    const found = report.findings.find((each) => each.subject.startsWith(subject));
    return `${found?.status} ${found?.says}`;
  };
  return {code, report, says};
}

test('through a proxy, a host of an own authority is refused without NODE_EXTRA_CA_CERTS and read with it', {
  skip,
}, async (t) => {
  const {authority, proxy} = await startSecure(t);
  const env = {ROLLCALL_OSPI_URL: 'https://data.example', HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: ''};
  const refused = await examine(env);
  assert.equal(refused.code, 3);
  assert.match(refused.says('catalogue'), /^trouble .*an authority that Node does not know.*NODE_EXTRA_CA_CERTS=FILE/);
  const run = await rollcall(['run', '--home', makeTemporaryFolder('home')], {env});
  assert.equal(run.code, 3);
  assert.match(
    run.stderr,
    /can't be reached: .*its certificate is from .*NODE_EXTRA_CA_CERTS=FILE.*npx rollcall doctor/,
  );

  const read = await examine({...env, NODE_EXTRA_CA_CERTS: authority});
  assert.match(read.says('ospi-teachers 2020-21'), /^ok "Report Card Teacher Demographics 2020-21 School Year"/);
  assert.match(read.says('authorities'), /^ok Node's own, and 1 of /);
  assert.ok(proxy.asked.length > 0 && proxy.asked.every((asked) => asked === 'CONNECT data.example:443'));
});

test('without a proxy, the certificate is shown with who issued it', {skip}, async (t) => {
  const {authority, port} = await startSecure(t);
  const env = {ROLLCALL_OSPI_URL: `https://localhost:${port}`, HTTPS_PROXY: '', NODE_EXTRA_CA_CERTS: ''};
  const refused = await examine(env);
  assert.equal(refused.code, 3);
  assert.match(refused.says('TLS'), /^trouble TLSv1\.3, certificate of An Office, valid until .*; not accepted: /);
  const read = await examine({...env, NODE_EXTRA_CA_CERTS: authority});
  assert.match(read.says('TLS'), /^ok TLSv1\.3, certificate of An Office/);
});

test('a read-only home directory is trouble', {skip: explainNoMounts() ?? false}, async (t) => {
  const home = locateHome(mountReadOnly(t, makeTemporaryFolder('home')));
  const {exitCode, findings} = await examineAll(home, {env: {ROLLCALL_OSPI_URL: 'http://127.0.0.1:9'}});
  assert.equal(exitCode, exit.failed, 'not 3: the home directory comes first');
  const folder = findings.find(({area, subject}) => area === 'home' && subject === 'folder');
  assert.equal(folder?.status, 'trouble');
  assert.match(folder?.says ?? '', /not writable: its file system or the file is read-only/);
});

test('a silent host is exit code 3, within half a minute', async (t) => {
  const state = await startState();
  t.after(() => state.close());
  state.bad({day: 'silence', times: 'always'});
  const started = performance.now();
  const home = locateHome(join(makeTemporaryFolder('home'), 'new'));
  const first = await examineAll(home, {env: {ROLLCALL_OSPI_URL: state.url}});
  assert.equal(first.exitCode, exit.unreachable);
  // The host falls silent after it has answered once.
  state.goodDays();
  state.bad({day: 'silence', times: 'always', kind: 'metadata'});
  const later = await examineAll(home, {env: {ROLLCALL_OSPI_URL: state.url}});
  assert.equal(later.exitCode, exit.unreachable);
  assert.ok(performance.now() - started < 2 * 30_000);
});
