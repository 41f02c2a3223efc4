import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {temporaryFolder} from './temporary.ts';

/** A dbt project of a few lines, in a folder of its own. */
export async function tinyProject(files: Record<string, string>): Promise<string> {
  const folder = temporaryFolder('dbt');
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
