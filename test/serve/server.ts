import {readFileSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Home} from '../../src/home.ts';
import {Commands} from '../../src/serve/commands.ts';
import {type ServeOptions, type Serving, serve} from '../../src/serve/serve.ts';

export const token = {value: 'the-token-of-this-test', origin: 'the test'};

/** Serves a home directory until the test ends. */
export async function startServer(t: TestContext, home: Home, options: Partial<ServeOptions> = {}): Promise<Serving> {
  const server = await serve({home, host: '127.0.0.1', port: 0, token, ...options});
  t.after(() => server.stop());
  return server;
}

/** Makes a stand-in for the command line, which records its calls and ends once a file named `go` exists. */
export function makeStandIn(home: Home): {commands: Commands; calls(): string[][]; go(): void} {
  const main = join(home.folder, 'stand-in.mjs');
  const [log, gate] = [join(home.folder, 'calls'), join(home.folder, 'go')];
  writeFileSync(
    main,
    `import {appendFileSync, existsSync} from 'node:fs';
appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n');
const [command] = process.argv.slice(2);
const change = command === 'run' || command === 'rollback';
process.on('SIGTERM', () => { appendFileSync(${JSON.stringify(log)}, '["stopped cleanly"]\\n'); process.exit(143); });
const timer = setInterval(() => {
  if (change && !existsSync(${JSON.stringify(gate)})) return;
  clearInterval(timer);
  if (command === 'plan') console.log('{"partitions":[]}');
  process.exit(command === 'changes' ? 2 : 0);
}, 20);`,
  );
  const read = () => {
    try {
      return readFileSync(log, 'utf8');
    } catch {
      return '';
    }
  };
  return {
    commands: new Commands(home, main),
    calls: () =>
      read()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string[]),
    go: () => writeFileSync(gate, ''),
  };
}

export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 4000; tries++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`this didn't come about: ${isSo}`);
}

/** Sends a request with its path unchanged. Clients usually normalize it first. */
export function requestRaw(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{status: number; body: string}> {
  const {hostname, port} = new URL(url);
  return new Promise((resolve, reject) => {
    request({hostname, port, path, headers}, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({status: response.statusCode ?? 0, body}));
    })
      .on('error', reject)
      .end();
  });
}
