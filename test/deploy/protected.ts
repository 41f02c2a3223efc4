import {execFile} from 'node:child_process';
import {chownSync, existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectFolder} from '../../src/project-folder.ts';
import {whyNoMounts} from '../support/mounts.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** A user that owns nothing here. */
const nobody = 65534;

/** Why the conditions of the units can't be made here; undefined where they can. */
export function whyNotProtected(): string | undefined {
  const without = whyNoMounts();
  if (without !== undefined) return without;
  const missing = ['unshare', 'setpriv'].find((name) => !existsSync(`/usr/bin/${name}`));
  return missing && `${missing} is not installed`;
}

/** A home of that user's. */
export function homeOfNobody(): string {
  const home = temporaryFolder('protected');
  chownSync(home, nobody, nobody);
  return home;
}

/**
 * What systemd makes of ProtectSystem=strict, ProtectHome=yes and PrivateTmp=yes: every file system read-only, no home folders, a
 * temporary folder of its own. The checkout is /opt/rollcall, as in the units, and root's; the home is the one thing to write to.
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

/** What a command came to under these conditions. Started in the checkout, without a HOME. */
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

/** Every file and folder of the checkout, with its size and when it was changed. */
export function checkoutNow(): string[] {
  return readdirSync(projectFolder, {recursive: true, withFileTypes: true})
    .filter(({parentPath}) => !parentPath.includes('/.git'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const {mtimeMs, size} = lstatSync(path);
      return `${path} ${size} ${mtimeMs}`;
    });
}

/** What follows this beginning of a line in a file of deploy/. */
export function lineOf(file: string, beginning: string): string {
  const lines = readFileSync(join(projectFolder, 'deploy', file), 'utf8').split('\n');
  return lines.find((line) => line.startsWith(beginning))?.slice(beginning.length) ?? '';
}
