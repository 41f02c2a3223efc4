import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';

const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Node caches compiled modules here, which halves the start time of a command. */
const compileCache = join(tmpdir(), 'rollcall-test-compiled');

/** The result of a command. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the command as people do, in its own process. A command that hangs is killed, and fails the test. A run skips the report,
 * which takes longer than the rest and has its own tests, unless `withSite` is true.
 */
export function rollcall(
  args: readonly string[],
  {env = {}, cwd, withSite = false}: {env?: NodeJS.ProcessEnv; cwd?: string; withSite?: boolean} = {},
): Promise<Outcome> {
  const {ROLLCALL_HOME: _home, NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...inherited} = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...(withSite ? args : addNoSite(args))],
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
 * Returns the error of a failed command, and asserts that it is a single sentence for people: no stack trace, no
 * compiled SQL, nothing on standard output.
 */
export function expectError({code, stdout, stderr}: Outcome): string {
  assert.notEqual(code, 0, `the command was expected to fail, and ended well:\n${stderr}`);
  assert.equal(stdout, '', 'a command that fails prints no result');
  const starts = stderr.split('\n').filter((line) => /^(rollcall|error):/.test(line));
  assert.equal(starts.length, 1, `one error, not ${starts.length}:\n${stderr}`);
  assert.doesNotMatch(stderr, /^ {4}at /m, 'no stack trace');
  assert.doesNotMatch(stderr, /this is a bug|compiled SQL|\[object Object\]|\bundefined\b|\bNaN\b/);
  return stderr.slice(stderr.search(/^(rollcall|error):/m)).trim();
}

/** A running command whose process does the work itself, so that signals go straight to it. */
export interface Started {
  kill(signal: NodeJS.Signals): void;
  /** Resolves once standard error contains this text; fails if the command ends first. */
  saw(text: RegExp): Promise<void>;
  ended: Promise<{code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string}>;
}

function addNoSite(args: readonly string[]): readonly string[] {
  return args[0] === 'run' ? ['run', '--no-site', ...args.slice(1)] : args;
}

/** Starts the command without the launcher. Kills it after the test if it is still running. */
export function start(t: TestContext, args: readonly string[]): Started {
  const {ROLLCALL_HOME: _home, NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...inherited} = process.env;
  const child = spawn(process.execPath, [main, ...addNoSite(args)], {
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
