import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {projectFolder} from '../../src/project-folder.ts';
import {rollcall} from '../support/command.ts';

/*
 * Serves the sample on loopback while a few readers ask for pages and runs publish, prune and make reports. Prints the requests, the
 * failures, and the server's memory at the start and at the end. Fails if there was a failure, or the memory grew without end.
 *
 *   npm run soak                   ten minutes
 *   npm run soak -- --seconds 30   the short mode, for CI
 */

const {values} = parseArgs({
  options: {seconds: {type: 'string', default: '600'}, readers: {type: 'string', default: '4'}},
});
const [seconds, readers] = [Number(values.seconds), Number(values.readers)];

/** Megabytes. Node collects garbage late, and a server that has answered a few hundred requests has grown by half of this. */
const mostGrowth = 250;

/** What is read, with the status that is right. */
const paths: [path: string, status: number][] = [
  ['/', 200],
  ['/schools/', 200],
  ['/schools/compare.json', 200],
  ['/districts/', 200],
  ['/questions/7a/', 200],
  ['/data/', 200],
  ['/nothing/', 404],
  ['/operations', 200],
  ['/operations/runs/1', 200],
  ['/api/history', 200],
  ['/api/sources', 200],
  ['/health', 200],
  ['/metrics', 200],
];

const home = mkdtempSync(join(tmpdir(), 'rollcall-soak-'));
let server: ChildProcess | undefined;
const counts = {requests: 0, failures: 0, published: 0, commands: 0};

function fail(what: string): void {
  counts.failures++;
  if (counts.failures <= 20) console.error(what);
}

async function runCommand(...args: string[]): Promise<void> {
  const {code, stderr} = await rollcall([...args, '--home', home], {withSite: true});
  // A run holds the lock for a moment after its last entry.
  if (code === 4) return sleep(200).then(() => runCommand(...args));
  if (code === 0) counts.commands++;
  else fail(`rollcall ${args.join(' ')}: exit code ${code}: ${stderr.slice(-300)}`);
}

async function startServer(): Promise<string> {
  const program = join(projectFolder, 'bin', 'rollcall.js');
  const started = spawn(process.execPath, [program, 'serve', '--home', home, '--port', '0', '--no-schedule'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server = started;
  let said = '';
  return new Promise((resolve, reject) => {
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = /(http:\S+) is the report/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    started.once('exit', () => reject(new Error(`the server has ended: ${said}`)));
  });
}

async function read(url: string, end: number, first: number): Promise<void> {
  for (let turn = first; performance.now() < end; turn++) {
    const [path, wanted] = paths[turn % paths.length] ?? ['/', 200];
    counts.requests++;
    try {
      const response = await fetch(url + path);
      await response.arrayBuffer();
      if (response.status !== wanted) fail(`${path}: ${response.status}`);
    } catch (error) {
      fail(`${path}: ${error instanceof Error ? `${error.message} ${error.cause}` : error}`);
    }
  }
}

/** Publishes, prunes and makes the report again, one after another. */
async function publish(url: string, end: number): Promise<void> {
  const authorization = `Bearer ${readFileSync(join(home, 'operations.token'), 'utf8').trim()}`;
  const readLastRun = async () => {
    const {lastRun}: {lastRun: {run: number; outcome: string}} = JSON.parse(
      await (await fetch(`${url}/health`)).text(),
    );
    return lastRun;
  };
  while (performance.now() < end) {
    const before = await readLastRun();
    const started = await fetch(`${url}/api/run`, {method: 'POST', headers: {authorization}, body: '{"force":true}'});
    if (started.status !== 202) fail(`POST /api/run: ${started.status}`);
    let last = before;
    while (last.run === before.run || last.outcome === 'running') {
      await sleep(250);
      last = await readLastRun();
    }
    if (last.outcome === 'published') counts.published++;
    else fail(`a run ended as ${last.outcome}`);
    await runCommand('prune', '--keep', '2');
    await runCommand('site');
  }
}

async function readMemory(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]) / 1e6;
}

try {
  await runCommand('run', '--from', 'sample');
  const url = await startServer();
  // The first round compiles and fills caches.
  await read(url, performance.now() + 3000, 0);
  const start = await readMemory(url);
  const end = performance.now() + seconds * 1000;
  let most = start;
  const sampler = setInterval(async () => {
    most = Math.max(most, await readMemory(url).catch(() => 0));
  }, 5000);
  await Promise.all([publish(url, end), ...Array.from({length: readers}, (_, reader) => read(url, end, reader * 3))]);
  const last = await readMemory(url);
  clearInterval(sampler);
  console.log(
    `${seconds} s, ${readers} readers: ${counts.requests} requests, ${counts.failures} failures; ${counts.published} runs published, ${counts.commands - 1} other commands; memory of the server ${start.toFixed(0)} MB at the start, ${most.toFixed(0)} MB at most, ${last.toFixed(0)} MB at the end`,
  );
  if (counts.failures > 0 || last > start + mostGrowth) process.exitCode = 1;
} finally {
  server?.kill('SIGTERM');
  rmSync(home, {recursive: true, force: true});
}
