import {type Command, Option} from 'commander';
import {exit, Failure} from '../failure.ts';
import {type Home, locateHome} from '../home.ts';
import {isSchoolYear, type SchoolYear} from '../school-year.ts';
import {readConfig} from './read-config.ts';

export const formats = ['table', 'json', 'csv', 'md'] as const;
export type Format = (typeof formats)[number];

/** `--home data` */
export function createHomeOption(): Option {
  return new Option('--home <dir>', 'home directory: landed files, lake and builds').env('ROLLCALL_HOME');
}

export function resolveHome({home}: {home?: string}): Home {
  return locateHome(home ?? readConfig().home);
}

/** Adds `--format csv` and `--json`. */
export function addFormatOptions(command: Command, choices: readonly string[] = formats): Command {
  return command
    .addOption(new Option('--format <format>', 'output format').choices(choices).default('table'))
    .addOption(new Option('--json', 'short for --format json').implies({format: 'json'}));
}

export interface FormatOptions {
  format: Format;
}

/** `--year 2020-21`, `--year latest` */
export function createYearOption(
  description = 'a school year such as 2020-21, or latest (default: the newest with students and teachers)',
): Option {
  return new Option('--year <year>', description).argParser((year: string) => {
    if (year === 'latest' || isSchoolYear(year)) return year;
    throw new Failure(`--year ${year}: not a school year. Write --year 2020-21, or --year latest.`, exit.usage);
  });
}

/** Parses `2019-20,2020-21`. */
export function parseYears(text: string): SchoolYear[] {
  const years = text
    .split(',')
    .map((year) => year.trim())
    .filter((year) => year !== '');
  const wrong = years.find((year) => !isSchoolYear(year));
  if (wrong !== undefined || years.length === 0) {
    throw new Failure(
      `--years ${text}: ${wrong === undefined ? 'nothing' : `"${wrong}"`} is not a school year. Write --years 2019-20,2020-21.`,
      exit.usage,
    );
  }
  return [...new Set(years)].sort();
}
