import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, suite, test} from 'node:test';
import {connect} from '../../src/export/postgres-connection.ts';
import {exit, Failure} from '../../src/failure.ts';
import {noPostgres, type Server, startPostgres} from '../support/postgres.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Makes a self-signed certificate for a host name. */
function certificate(name: string): {cert: string; key: string; path: string} {
  const folder = makeTemporaryFolder('certificate');
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, ...subject, '-keyout', key, '-out', cert], {stdio: 'pipe'});
  return {cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'), path: cert};
}

/** Connects, and returns `encrypted`, `plain`, or the failure. */
async function outcome(url: string, env: NodeJS.ProcessEnv = {}): Promise<string | Failure> {
  try {
    const {client} = await connect(url, env);
    const {rows} = await client.query<{ssl: boolean}>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await client.end();
    return rows[0]?.ssl ? 'encrypted' : 'plain';
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.doesNotMatch(error.message, /geheim/);
    return error;
  }
}

async function refused(url: string, code: number, message: RegExp, env?: NodeJS.ProcessEnv): Promise<void> {
  const found = await outcome(url, env);
  assert.ok(found instanceof Failure, `it connected, ${found}`);
  assert.match(found.message, message);
  assert.equal(found.exitCode, code);
}

suite('the connection to Postgres', {skip: noPostgres}, () => {
  let secure: Server;
  let plain: Server;
  let root: string;
  let stranger: string;
  before(async () => {
    const own = certificate('localhost');
    root = own.path;
    stranger = certificate('localhost').path;
    [secure, plain] = await Promise.all([
      startPostgres({
        settings: ['ssl=on'],
        files: {'server.crt': own.cert, 'server.key': own.key},
        hba: [
          'hostssl all loader 127.0.0.1/32 scram-sha-256',
          'hostnossl all loader 127.0.0.1/32 reject',
          'local all all trust',
        ],
      }),
      startPostgres(),
    ]);
    await secure.rows(`create role loader login password 'geheim'`);
  });
  after(() => Promise.all([secure.stop(), plain.stop()]));

  const address = (host: string, query = '') => `postgres://loader:geheim@${host}:${secure.port}/postgres${query}`;

  test('is encrypted if the server supports it, and plain otherwise, unless the address requires encryption', async () => {
    assert.equal(await outcome(address('localhost')), 'encrypted');
    assert.equal(await outcome(address('127.0.0.1', '?sslmode=require')), 'encrypted');
    assert.equal(await outcome(plain.url()), 'plain');
    await refused(plain.url({query: '?sslmode=require'}), exit.unreachable, /does not support SSL/);
    await refused(address('localhost', '?sslmode=disable'), exit.usage, /pg_hba\.conf rejects connection/);
  });

  test('is trusted only as far as the certificate allows', async () => {
    const full = (file: string) => `?sslmode=verify-full&sslrootcert=${file}`;
    assert.equal(await outcome(address('localhost', full(root))), 'encrypted');
    await refused(address('localhost', full(stranger)), exit.unreachable, /can't be trusted.*sslrootcert=FILE/);
    await refused(address('localhost', '?sslmode=verify-full'), exit.unreachable, /self-signed certificate/);
    // The certificate is for "localhost".
    await refused(address('127.0.0.1', full(root)), exit.unreachable, /does not match/);
    assert.equal(await outcome(address('127.0.0.1', `?sslmode=verify-ca&sslrootcert=${root}`)), 'encrypted');
    await refused(address('127.0.0.1', `?sslmode=verify-ca&sslrootcert=${stranger}`), exit.unreachable, /trusted/);
    // With a root certificate, `require` verifies against it.
    await refused(address('127.0.0.1', `?sslmode=require&sslrootcert=${stranger}`), exit.unreachable, /trusted/);
  });

  test('also takes its settings from the environment', async () => {
    const env = {PGSSLMODE: 'verify-full', PGSSLROOTCERT: root};
    assert.equal(await outcome(address('localhost'), env), 'encrypted');
    await refused(address('127.0.0.1'), exit.unreachable, /does not match/, env);
    // The address takes precedence.
    assert.equal(await outcome(address('127.0.0.1', '?sslmode=require'), {PGSSLMODE: 'verify-full'}), 'encrypted');
  });

  test('reports wrong settings', async () => {
    await refused(address('localhost', '?sslmode=verify-ca'), exit.usage, /verify-ca needs the certificate/);
    await refused(address('localhost', '?sslmode=sicher'), exit.usage, /sslmode=sicher is not one of disable, prefer/);
    await refused(
      address('localhost', '?sslmode=verify-full&sslrootcert=/no/such'),
      exit.usage,
      /sslrootcert=\/no\/such can't be read/,
    );
  });

  test('is refused with a wrong password or an unknown database', async () => {
    await refused(address('localhost').replace('geheim', 'geheimer'), exit.usage, /password authentication failed/);
    await refused(plain.url({database: 'nowhere'}), exit.usage, /database "nowhere" does not exist/);
    await refused('postgres://loader:geheim@127.0.0.1:9/postgres', exit.unreachable, /can't be reached.*ECONNREFUSED/);
    await refused(
      'postgres://loader:geheim@db.invalid/postgres',
      exit.unreachable,
      /db\.invalid\/postgres can't be reached/,
    );
  });
});
