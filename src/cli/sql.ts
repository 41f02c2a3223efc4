import {Command} from 'commander';
import {openBuild, requirePublished} from '../builds/published.ts';
import {exit, Failure} from '../failure.ts';
import {listBuildMarks} from '../words/marks.ts';
import {addFormatOptions, createHomeOption, type FormatOptions, resolveHome} from './options.ts';
import {render} from './table.ts';
import {colorStderr, print, readScreenWidth, tell} from './terminal.ts';

export function createSqlCommand(): Command {
  return addFormatOptions(new Command('sql'))
    .description('query the published build, read-only')
    .argument(
      '<query>',
      "SQL in DuckDB's dialect; schemas (marts, core, intermediate, staging, seeds, raw, audit) are optional",
    )
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  rollcall sql "select district_name, sum(teacher_count) as teachers
    from schools where school_year = '2020-21' group by all"
  rollcall sql "show all tables"`,
    )
    .action(async (query: string, options: FormatOptions & {home?: string}) => {
      if (query.replaceAll(';', '').trim() === '') {
        throw new Failure(
          'The query is empty. Write one in quotation marks: rollcall sql "select * from schools".',
          exit.usage,
        );
      }
      const published = await requirePublished(resolveHome(options));
      const db = await openBuild(published, ['marts', 'core', 'intermediate', 'staging', 'seeds', 'raw', 'audit']);
      try {
        const result = await db.query(query).catch((error: Error) => {
          throw error instanceof Failure ? error : new Failure(error.message, exit.usage);
        });
        for (const mark of listBuildMarks(published.manifest)) tell(colorStderr('yellow', mark));
        const width = readScreenWidth();
        print(render(result, options.format, {width, headingOf: (column) => column}));
      } finally {
        db.close();
      }
    });
}
