import {existsSync, mkdtempSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {temporaryFolder} from './temporary.ts';

const made = new Map<string, Promise<string>>();
let own: string | undefined;

/**
 * A folder that many tests read, made once in a run of the suite (or of a test file, where that is run alone). Two files that ask
 * at the same time both make it, and one is kept; so it must not matter where it was made. Who writes takes a copy.
 */
export function sharedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const known = made.get(name);
  if (known) return known;
  const making = (async () => {
    own ??= process.env['ROLLCALL_TEST_SHARED'] ?? temporaryFolder('shared');
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
