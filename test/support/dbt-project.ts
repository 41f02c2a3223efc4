import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {makeTemporaryFolder} from './temporary.ts';

/** Writes a small dbt project into a new folder, and returns the folder. */
export async function writeTinyProject(files: Record<string, string>): Promise<string> {
  const folder = makeTemporaryFolder('dbt');
  const all = {
    'dbt_project.yml':
      'name: tiny\nvars: {limit: 2}\nmodels:\n  tiny:\n    +materialized: table\n    marts:\n      +schema: marts\n',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), text);
  }
  return folder;
}
