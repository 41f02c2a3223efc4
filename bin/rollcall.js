#!/usr/bin/env node
// Rollcall needs Node 24 and brings it along (the package `node`), so any Node that can run this file will do:
// it hands over to the one in node_modules. What Node has compiled is kept, so that the next start is quicker.
import {spawn} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync} from 'node:fs';
import module from 'node:module';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const main = new URL('../src/cli/main.ts', import.meta.url);
const bundled = ['node', 'node.exe']
  .map((name) => fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url)))
  .find((path) => existsSync(path));
const compiled = process.env.NODE_COMPILE_CACHE ?? ownFolder();

if (Number(process.versions.node.split('.')[0]) >= 24) {
  if (compiled !== undefined) module.enableCompileCache(compiled);
  await import(main.href);
} else if (bundled === undefined) {
  process.stderr.write('rollcall: the packages are not installed. Run "npm ci" in the project folder first.\n');
  process.exitCode = 1;
} else {
  const child = spawn(bundled, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {...process.env, ...(compiled !== undefined && {NODE_COMPILE_CACHE: compiled})},
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

/**
 * A temporary folder for compiled code. Code that runs is read from it, so it must be this user's alone; undefined where it is
 * not, and where none can be made.
 */
function ownFolder() {
  const uid = process.getuid?.();
  const folder = join(tmpdir(), uid === undefined ? 'rollcall-compiled' : `rollcall-compiled-${uid}`);
  try {
    mkdirSync(folder, {mode: 0o700, recursive: true});
    const found = lstatSync(folder);
    const isOwn = uid === undefined || (found.uid === uid && (found.mode & 0o077) === 0);
    return found.isDirectory() && isOwn ? folder : undefined;
  } catch {
    return undefined;
  }
}
