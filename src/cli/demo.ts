import {join} from 'node:path';
import {Command} from 'commander';
import {answers} from '../answers/answers.ts';
import {openBuild, requirePublished} from '../builds/published.ts';
import {printAnswer} from './answer.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {runAndReport} from './run.ts';
import {readSiteSettings} from './site.ts';
import {stopOnSignals} from './stop.ts';
import {colorStderr, print, tell, terminalProgress} from './terminal.ts';

const demoHome = './data/demo';

export function createDemoCommand(): Command {
  return new Command('demo')
    .description('run and answer everything on the bundled sample of invented schools, offline')
    .addOption(createHomeOption().default(demoHome))
    .action(async (options: {home: string}) => {
      const home = resolveHome(options);
      tell(colorStderr('yellow', 'This is a SAMPLE: its schools, districts and figures are invented.\n'));
      await runAndReport({home, from: 'sample', site: readSiteSettings(), stop: stopOnSignals()}, terminalProgress());
      const published = await requirePublished(home);
      const db = await openBuild(published);
      try {
        for (const answer of answers) {
          print('\n');
          await printAnswer(db, answer, published.manifest, {format: 'table'});
        }
      } finally {
        db.close();
      }
      print(`\nEvery figure above is invented. The report: ${join(home.published, 'site')} (any web server can serve it). Ask more:
  npx rollcall answer representation --by group --home ${options.home}
  npx rollcall sql "select * from schools limit 5" --home ${options.home}
`);
    });
}
