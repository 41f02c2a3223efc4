import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';

const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Node keeps the compiled modules here, which halves the time that a command takes to start. */
const compileCache = join(tmpdir(), 'rollcall-test-compiled');

/** What a command came to. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the command as people do, in a process of its own. One that hangs is killed, and fails the test. A run leaves the report
 * out, which takes longer than all else and has its own tests, unless `withSite` asks for it.
 */
export function rollcall(
  args: readonly string[],
  {env = {}, cwd, withSite = false}: {env?: NodeJS.ProcessEnv; cwd?: string; withSite?: boolean} = {},
): Promise<Outcome> {
  const {ROLLCALL_HOME: _home, NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...inherited} = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...(withSite ? args : withoutSite(args))],
      {
        cwd,
        env: {...inherited, NO_COLOR: '1', CI: '1', NODE_COMPILE_CACHE: compileCache, ...env},
        maxBuffer: 1 << 28,
        timeout: withSite || args[0] === 'site' ? 300_000 : 60_000,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({code, stdout, stderr});
        else reject(new Error(`rollcall ${args.join(' ')} was killed: ${stderr}`, {cause: error}));
      },
    );
  });
}

/**
 * The error that a command ended with, after asserting that there is one, in one sentence for people: no stack trace, no
 * compiled SQL, nothing on standard output.
 */
export function theError({code, stdout, stderr}: Outcome): string {
  assert.notEqual(code, 0, `the command was expected to fail, and ended well:\n${stderr}`);
  assert.equal(stdout, '', 'a command that fails prints no result');
  const starts = stderr.split('\n').filter((line) => /^(rollcall|error):/.test(line));
  assert.equal(starts.length, 1, `one error, not ${starts.length}:\n${stderr}`);
  assert.doesNotMatch(stderr, /^ {4}at /m, 'no stack trace');
  assert.doesNotMatch(stderr, /this is a bug|compiled SQL|\[object Object\]|\bundefined\b|\bNaN\b/);
  return stderr.slice(stderr.search(/^(rollcall|error):/m)).trim();
}

/** A command that is running, in a process that does the work itself: signals go straight to it. */
export interface Started {
  kill(signal: NodeJS.Signals): void;
  /** Resolves once the command has said this on standard error; fails where it ends before. */
  saw(text: RegExp): Promise<void>;
  ended: Promise<{code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string}>;
}

function withoutSite(args: readonly string[]): readonly string[] {
  return args[0] === 'run' ? ['run', '--no-site', ...args.slice(1)] : args;
}

/** Starts the command without the launcher. What is left of it after the test, stopped or not, is killed. */
export function start(t: TestContext, args: readonly string[]): Started {
  const {ROLLCALL_HOME: _home, NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...inherited} = process.env;
  const child = spawn(process.execPath, [main, ...withoutSite(args)], {
    env: {...inherited, NO_COLOR: '1', CI: '1', NODE_COMPILE_CACHE: compileCache},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const said = {stdout: '', stderr: ''};
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk;
  });
  const ended = new Promise<Awaited<Started['ended']>>((resolve) =>
    child.on('close', (code, signal) => resolve({code, signal, ...said})),
  );
  return {
    kill: (signal) => child.kill(signal),
    saw: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (text.test(said.stderr)) resolve();
        };
        look();
        child.stderr.on('data', look);
        child.on('close', () => reject(new Error(`it ended without ${text}:\n${said.stderr}`)));
      }),
    ended,
  };
}
