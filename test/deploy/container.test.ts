import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../../src/project-folder.ts';

const file = readFileSync(join(projectFolder, 'deploy', 'Containerfile'), 'utf8');

test("the container's health check follows /health, and fails without a server", async (t) => {
  const [program, ...args]: string[] = JSON.parse(/HEALTHCHECK .*\n? *CMD (\[.*\])/.exec(file)?.[1] ?? '');
  assert.equal(program, 'node');
  let status = 200;
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health' ? status : 404).end();
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as AddressInfo;
  const check = (to: number) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        args.map((each) => each.replace(':8080', `:${to}`)),
        (error) => resolve(error === null ? 0 : error.code),
      );
    });
  assert.equal(await check(port), 0);
  status = 503;
  assert.equal(await check(port), 1);
  server.close();
  server.closeAllConnections();
  assert.equal(await check(port), 1);
});
