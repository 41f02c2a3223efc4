import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));

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
      [program, ...args, ...(args[0] === 'run' && !withSite ? ['--no-site'] : [])],
      {
        cwd,
        env: {...inherited, NO_COLOR: '1', CI: '1', NODE_COMPILE_CACHE: compileCache, ...env},
        maxBuffer: 1 << 28,
        timeout: 60_000,
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
