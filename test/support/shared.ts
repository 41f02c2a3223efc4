import {existsSync, mkdtempSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {makeTemporaryFolder} from './temporary.ts';

const made = new Map<string, Promise<string>>();
let own: string | undefined;

/**
 * Returns a folder that many tests read, made once for a run of the suite (or for a test file that runs alone). If two files ask
 * at the same time, both make it and one is kept, so its contents must not depend on its path. A test that writes takes a copy.
 */
export function makeSharedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const known = made.get(name);
  if (known) return known;
  const making = (async () => {
    own ??= process.env['ROLLCALL_TEST_SHARED'] ?? makeTemporaryFolder('shared');
    const folder = join(own, name);
    if (existsSync(folder)) return folder;
    const mine = mkdtempSync(join(own, `${name}-`));
    await make(mine);
    try {
      renameSync(mine, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
    return folder;
  })();
  made.set(name, making);
  return making;
}
