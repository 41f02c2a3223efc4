#!/usr/bin/env node
// Rollcall needs Node 24 and brings it along (the package `node`), so any Node that can run this file will do:
// it hands over to the other one, wherever npm has put it. What Node has compiled is kept, so that the next start is quicker.
import {spawn} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync} from 'node:fs';
import module from 'node:module';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The sources in the checkout; what they are compiled to in a package. */
const main = ['../src/cli/main.ts', '../dist/src/cli/main.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));
const compiled = process.env.NODE_COMPILE_CACHE ?? ownFolder();

if (Number(process.versions.node.split('.')[0]) >= 24) {
  if (compiled !== undefined) module.enableCompileCache(compiled);
  await import(main.href);
} else {
  const node = findNode();
  if (node) handOver(node);
  else {
    process.stderr.write(
      `rollcall: Node 24 or newer is needed, and this is ${process.version}. The package "node" brings it: run "npm ci" in the \
project folder, or "npm rebuild node" where npm was told to run no install scripts.\n`,
    );
    process.exitCode = 1;
  }
}

function findNode() {
  let folder;
  try {
    folder = join(module.createRequire(import.meta.url).resolve('node/package.json'), '..', 'bin');
  } catch {
    return undefined;
  }
  return ['node', 'node.exe'].map((name) => join(folder, name)).find((path) => existsSync(path));
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
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
