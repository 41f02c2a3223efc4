import {execFile} from 'node:child_process';
import {chownSync, existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectFolder} from '../../src/project-folder.ts';
import {explainNoMounts} from '../support/mounts.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** A user that owns nothing in the project. */
const nobody = 65534;

/** Returns why the conditions of the systemd units can't be imitated here; undefined if they can. */
export function explainNoProtection(): string | undefined {
  const without = explainNoMounts();
  if (without !== undefined) return without;
  const missing = ['unshare', 'setpriv'].find((name) => !existsSync(`/usr/bin/${name}`));
  return missing && `${missing} is not installed`;
}

/** Makes a home directory that belongs to that user. */
export function makeHomeOfNobody(): string {
  const home = makeTemporaryFolder('protected');
  chownSync(home, nobody, nobody);
  return home;
}

/**
 * Imitates ProtectSystem=strict, ProtectHome=yes and PrivateTmp=yes of systemd: every file system read-only, no home folders, a
 * private temporary folder. The checkout is /opt/rollcall, as in the units, and belongs to root. Only the home directory is writable.
 */
const setUp = `
set -eu
mount --make-rprivate /
checkout=$1 home=$2
shift 2
for folder in /opt /var/lib; do
  mkdir -p /tmp/held/$folder
  [ "$folder" = /opt ] && from=$checkout || from=$home
  mount --bind "$from" /tmp/held/$folder
  mount -t tmpfs tmpfs $folder
  mkdir $folder/rollcall
  mount --bind /tmp/held/$folder $folder/rollcall
done
mount -t tmpfs tmpfs /tmp
chmod 1777 /tmp
for folder in /root /home; do [ ! -d $folder ] || mount -t tmpfs -o mode=000 tmpfs $folder; done
while read -r _ at _; do
  case $at in /var/lib/rollcall | /tmp | /proc* | /dev* | /sys*) ;; *) mount -o remount,ro,bind "$at" 2>/dev/null || true ;; esac
done < /proc/self/mounts
exec setpriv --reuid ${nobody} --regid ${nobody} --clear-groups --no-new-privs -- env -i PATH=/opt/rollcall/node_modules/.bin:/usr/bin:/bin ROLLCALL_HOME=/var/lib/rollcall NODE_ENV=production "$@"
`;

/** Runs a command under these conditions, in the checkout, without a HOME. */
export function runProtected(home: string, command: string): Promise<{code: number; stdout: string; stderr: string}> {
  return new Promise((resolve, reject) => {
    execFile(
      'unshare',
      ['--mount', 'sh', '-c', setUp, 'sh', projectFolder, home, 'sh', '-c', `cd /opt/rollcall && ${command}`],
      {timeout: 300_000, maxBuffer: 1 << 26},
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({code, stdout, stderr});
        else reject(new Error(`${command} was killed: ${stderr}`, {cause: error}));
      },
    );
  });
}

/** Lists every file and folder of the checkout with its size and time of change. */
export function listCheckout(): string[] {
  return readdirSync(projectFolder, {recursive: true, withFileTypes: true})
    .filter(({parentPath}) => !parentPath.includes('/.git'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const {mtimeMs, size} = lstatSync(path);
      return `${path} ${size} ${mtimeMs}`;
    });
}

/** Returns the rest of the line that starts like this in a file of deploy/. */
export function readLineOf(file: string, beginning: string): string {
  const lines = readFileSync(join(projectFolder, 'deploy', file), 'utf8').split('\n');
  return lines.find((line) => line.startsWith(beginning))?.slice(beginning.length) ?? '';
}
