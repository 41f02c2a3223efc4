/**
 * Loaded before the program (`--import`). Kills the process with SIGKILL right before its nth change of a file in the home directory,
 * where ROLLCALL_KILL_AT is n. With 0 it only counts, and writes the number to the file ROLLCALL_KILL_COUNT at the end.
 */
import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {DatabaseSync, StatementSync} from 'node:sqlite';

const at = Number(process.env['ROLLCALL_KILL_AT'] ?? 0);
const report = process.env['ROLLCALL_KILL_COUNT'];
const write = fs.writeFileSync;
let count = 0;

function change(): void {
  if (++count === at) process.kill(process.pid, 'SIGKILL');
}

/** Calls `change` before each call of an object's function. */
function watch<T extends object>(
  object: T,
  names: readonly string[],
  isChange: (self: T, ...args: unknown[]) => boolean = () => true,
): void {
  for (const name of names) {
    const original = Reflect.get(object, name) as (...args: unknown[]) => unknown;
    Reflect.set(object, name, function (this: T, ...args: unknown[]) {
      if (isChange(this, ...args)) change();
      return original.apply(this, args);
    });
  }
}

watch(fs.promises, ['rename', 'rm', 'rmdir', 'symlink', 'mkdir', 'copyFile']);
watch(fs.promises, ['open'], (_, __, flags) => flags === 'w');
watch(fs, ['createWriteStream', 'writeFileSync', 'renameSync']);
watch(DatabaseSync.prototype, ['exec', 'close']);
// A step records its progress many times, and nothing depends on it.
watch(StatementSync.prototype, ['run'], (statement) => !statement.sourceSQL.includes('set doing'));
syncBuiltinESMExports();

if (report !== undefined) process.on('exit', () => write(report, String(count)));
