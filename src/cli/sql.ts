import {Command} from 'commander';
import {openBuild, requirePublished} from '../builds/published.ts';
import {exit, Failure} from '../failure.ts';
import {formatCount} from '../words/format.ts';
import {listBuildMarks} from '../words/marks.ts';
import {parseWholeNumber} from './history.ts';
import {addFormatOptions, createHomeOption, type FormatOptions, resolveHome} from './options.ts';
import {render} from './table.ts';
import {colorStderr, print, readScreenWidth, tell} from './terminal.ts';

export function createSqlCommand(): Command {
  return addFormatOptions(new Command('sql'))
    .argument(
      '<query>',
      "SQL in DuckDB's dialect; schemas (marts, core, intermediate, staging, seeds, raw, audit) are optional",
    )
    .option('--limit <n>', 'how many rows the result may have at most', '100000')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  rollcall sql "select district_name, sum(teacher_count) as teachers
    from schools where school_year = '2020-21' group by all"
  rollcall sql "show all tables"

A query may use as much memory as ROLLCALL_MEMORY allows (2GB), then it uses
the disk. One that returns more rows than --limit is refused.`,
    )
    .action(async (query: string, options: FormatOptions & {home?: string; limit: string}) => {
      const limit = parseWholeNumber('--limit', options.limit);
      if (query.replaceAll(';', '').trim() === '') {
        throw new Failure(
          'The query is empty. Write one in quotation marks: rollcall sql "select * from schools".',
          exit.usage,
        );
      }
      const published = await requirePublished(resolveHome(options));
      const db = await openBuild(published, ['marts', 'core', 'intermediate', 'staging', 'seeds', 'raw', 'audit']);
      try {
        const result = await db.query(query, undefined, limit).catch((error: Error) => {
          throw error instanceof Failure ? error : new Failure(error.message, exit.usage);
        });
        if (result.rows.length > limit) {
          throw new Failure(
            `The query returns more than ${formatCount(limit)} rows. Ask for fewer, allow more with --limit, or take the table with "rollcall export".`,
            exit.usage,
          );
        }
        for (const mark of listBuildMarks(published.manifest)) tell(colorStderr('yellow', mark));
        const width = readScreenWidth();
        const text = render(result, options.format, {width, headingOf: (column) => column});
        print(text, {isExact: options.format === 'csv'});
      } finally {
        db.close();
      }
    });
}
