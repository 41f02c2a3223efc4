import {resolve} from 'node:path';
import {Command} from 'commander';
import {adoptPublished} from '../builds/publish.ts';
import {requirePublished} from '../builds/published.ts';
import {readPublishedRows} from '../builds/published-rows.ts';
import {isWithin} from '../files.ts';
import {lock} from '../ledger/lock.ts';
import type {ReadPublishedRows} from '../report/source-rows.ts';
import {readHeldYears} from '../runs/history.ts';
import {addHeldYears, describeRestatements, locateSite} from '../runs/report-step.ts';
import {listBuildMarks} from '../words/marks.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {readSiteSettings} from './site-settings.ts';
import {colorStderr, print, tell, terminalProgress} from './terminal.ts';

interface Options {
  home?: string;
  out?: string;
  base?: string;
}

export function createSiteCommand(): Command {
  return new Command('site')
    .option('--out <dir>', 'the folder to write; it is replaced (default: in the published build)')
    .option('--base <path>', 'the path of the server, for its page of a missing address')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
A run writes the report into HOME/published/site. If rollcall.config.ts sets
reportUrl, the report has preview pictures, canonical links and a sitemap, and
the default base is the path of that URL.`,
    )
    .action(async (options: Options) => {
      const home = resolveHome(options);
      const settings = readSiteSettings(options.base);
      // Before the lock, which would create the home directory.
      await requirePublished(home);
      const isInHome = options.out === undefined || isWithin(home.folder, resolve(options.out));
      const release = isInHome ? lock(home) : () => {};
      try {
        if (isInHome) await adoptPublished(home);
        const {id, warehouse, manifest} = await requirePublished(home);
        const out = options.out === undefined ? locateSite(home, id) : resolve(options.out);
        for (const mark of listBuildMarks(manifest)) tell(colorStderr('yellow', mark));
        await terminalProgress().step('site', async () => {
          const {compareById} = await import('../changes/compare.ts');
          const changed = await compareById(home).catch(() => undefined);
          const restatements = changed && describeRestatements(changed);
          const {buildSite} = await import('../../site/build.ts');
          const readRows: ReadPublishedRows = (...asked) => readPublishedRows(home.landing, ...asked);
          const source = {warehouse, facts: manifest, readRows, restatements};
          await buildSite(source, addHeldYears(settings, readHeldYears(home)), out);
          return {result: undefined, summary: 'the report'};
        });
        print(`${out}\n`);
      } finally {
        release();
      }
    });
}
