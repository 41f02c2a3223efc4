import {join} from 'node:path';
import {Command} from 'commander';
import {answers} from '../answers/answers.ts';
import {openBuild, requirePublished} from '../builds/published.ts';
import {projectFolder} from '../project-folder.ts';
import {quoteArgument} from '../words/command-line.ts';
import {printAnswers} from './answer.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {runAndReport} from './run.ts';
import {readSiteSettings} from './site-settings.ts';
import {stopOnSignals} from './stop.ts';
import {print, tell, tellWrapped, terminalProgress} from './terminal.ts';

interface Demo {
  from: string;
  home: string;
  about: string;
}

const example: Demo = {
  from: join(projectFolder, 'examples', 'south-seattle'),
  home: './data/demo',
  about:
    'Seattle, 2018-19 to 2020-21: the published students and teachers of the 36 schools of the region’s Seattle part. examples/south-seattle/README.md says where each figure is from.',
};

const sample: Demo = {
  from: 'sample',
  home: './data/sample',
  about: 'This is a SAMPLE: its schools, districts and figures are invented.',
};

/** What is printed: 7a, then 7e and 7f. The others take more lines than a screen has. */
const shown = answers.filter(({name}) => ['student-groups', 'teachers-of-color'].includes(name));

export function createDemoCommand(): Command {
  return new Command('demo')
    .option('--sample', 'on invented schools instead, whose files have every known defect')
    .addOption(createHomeOption().default(undefined, `${example.home}, or ${sample.home} with --sample`))
    .action(async (options: {home?: string; sample?: boolean}) => {
      const demo = options.sample === true ? sample : example;
      const folder = options.home ?? demo.home;
      const home = resolveHome({home: folder});
      tellWrapped('yellow', demo.about);
      tell('');
      const settings = {home, from: demo.from, site: readSiteSettings(), stop: stopOnSignals()};
      const {run} = await runAndReport(settings, terminalProgress(), {isBrief: true});
      tell('');
      const published = await requirePublished(home);
      const db = await openBuild(published);
      try {
        await printAnswers(db, shown, published.manifest, {format: 'table'});
      } finally {
        db.close();
      }
      const at = quoteArgument(folder);
      print(`
Read the report:
  npx rollcall serve --home ${at}
  or open ${join(home.published, 'site', 'index.html')}
Ask more (each without a name lists its questions):
  npx rollcall answer representation --home ${at}
  npx rollcall explore growth --home ${at}
  npx rollcall sql "select * from schools limit 5" --home ${at}
See what the checks warned of:
  npx rollcall history ${run} --home ${at}
Go on to the whole region, from the publisher:
  npm start
`);
    });
}
