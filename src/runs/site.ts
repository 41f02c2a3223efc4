import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildSite, isMade} from '../report/site.ts';
import {type Home, parseManifest} from './home.ts';
import type {Progress, RunOptions} from './options.ts';

/** Where the report of a build is: with it, so that the switch to the build is the switch to its report. */
export function siteOf(home: Home, id: string): string {
  return join(home.builds, id, 'site');
}

/** Makes the report of a build before anybody is led to it. One that is already there and would come out the same is kept. */
export async function siteStep(home: Home, id: string, {site}: RunOptions, progress: Progress): Promise<void> {
  if (site === undefined || (await isMade(id, site, siteOf(home, id)))) return;
  const folder = join(home.builds, id);
  const facts = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
  await progress.step('site', async () => {
    await buildSite({warehouse: join(folder, 'warehouse.duckdb'), facts}, site, siteOf(home, id));
    return {result: undefined, summary: 'the report'};
  });
}
