import {Command} from 'commander';
import type {Row} from '../duckdb/database.ts';
import {readKnown} from '../incoming/remembered.ts';
import {sources} from '../sources/sources.ts';
import {formatMinute} from '../words/format.ts';
import {addFormatOptions, createHomeOption, type FormatOptions, resolveHome} from './options.ts';
import {render} from './table.ts';
import {print, readScreenWidth} from './terminal.ts';

const columns = ['source', 'school_years', 'data_set', 'landed_at', 'rows', 'published_at', 'checked_at'];

export function createSourcesCommand(): Command {
  return addFormatOptions(new Command('sources'))
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  landed_at     when the landed file was downloaded
  published_at  when the publisher had last changed it
  checked_at    when a run last checked whether the publisher has changed it

Times are UTC. This command contacts no publisher; a run does.`,
    )
    .action(async (options: FormatOptions & {home?: string}) => {
      const {landing} = resolveHome(options);
      const rows: Row[] = [];
      for (const source of sources) {
        const years = Map.groupBy(Object.keys(source.datasets ?? {}), (year) => source.datasets?.[year] ?? '');
        for (const [id, schoolYears] of years) {
          const known = await readKnown(landing, {source, id});
          rows.push({
            source: source.id,
            school_years: schoolYears.join(', '),
            data_set: id,
            landed_at: known ? formatMinute(known.landed.landedAt) : null,
            rows: known?.rows ?? null,
            published_at: known?.rowsUpdatedAt
              ? formatMinute(new Date(known.rowsUpdatedAt * 1000).toISOString())
              : null,
            checked_at: known ? formatMinute(known.checkedAt) : null,
          });
        }
      }
      print(render({columns, rows}, options.format, {width: readScreenWidth()}));
    });
}
