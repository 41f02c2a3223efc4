import {fstatSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {extname} from 'node:path';
import {text as readText} from 'node:stream/consumers';
import {Command, Option} from 'commander';
import {openBuild, requirePublished} from '../builds/published.ts';
import type {Database} from '../duckdb/database.ts';
import {type BinaryFormat, binaryFormats, encodeChunks} from '../duckdb/encode.ts';
import {exit, Failure, getErrorCode} from '../failure.ts';
import {formatCount} from '../words/format.ts';
import {listBuildMarks} from '../words/marks.ts';
import {parseWholeNumber} from './history.ts';
import {addFormatOptions, createHomeOption, type Format, formats, resolveHome} from './options.ts';
import {render, renderExact} from './table.ts';
import {colorStderr, print, readScreenWidth, tell} from './terminal.ts';

const allFormats = [...formats, ...binaryFormats];

interface Options {
  format: Format | BinaryFormat;
  file?: string;
  param: Record<string, string>;
  out?: string;
  limit: string;
  home?: string;
}

/** The schemas of a build; a query need not name them. */
export const schemas = ['marts', 'core', 'intermediate', 'staging', 'seeds', 'raw', 'audit'];

export function createSqlCommand(): Command {
  return addFormatOptions(new Command('sql'), allFormats)
    .argument(
      '[query]',
      `SQL in DuckDB's dialect; schemas (${schemas.join(', ')}) are optional. "-" reads it from standard input`,
    )
    .option('--file <path>', 'read the query from a file')
    .addOption(
      new Option('--param <name=value>', 'the value of $name in the query; repeat it for more')
        .argParser(parseParameter)
        .default({}, 'none'),
    )
    .option(
      '--out <path>',
      'write the result to a file, in the format of its ending (.parquet, .arrow, .csv, .json, .md)',
    )
    .option('--limit <n>', 'how many rows the result may have at most', '100000')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  rollcall sql "select district_name, sum(teacher_count) as teachers
    from schools where school_year = '2020-21' group by all"
  rollcall sql --file gaps.sql --param year=2020-21 --out gaps.parquet
  rollcall sql "from schools" --format arrow | python read.py
  rollcall tables                lists the tables, and
  rollcall describe schools      their columns

The table shows columns and values as they are. Rows that are too wide for the
terminal are shown one below the other. A query may use as much memory as
ROLLCALL_MEMORY allows (2GB), then it fails. One that returns more rows than
--limit is refused.`,
    )
    .action(async (query: string | undefined, options: Options, command: Command) => {
      const limit = parseWholeNumber('--limit', options.limit);
      const format = chooseFormat(options, command.getOptionValueSource('format') !== 'default');
      const sql = await readQuery(query, options);
      if (sql.replaceAll(';', '').trim() === '') {
        throw new Failure(
          'The query is empty. Write one in quotation marks: rollcall sql "select * from schools".',
          exit.usage,
        );
      }
      const published = await requirePublished(resolveHome(options));
      const db = await openBuild(published, schemas);
      try {
        const result = await run(db, {
          sql,
          parameters: options.param,
          limit,
          format,
          isFile: options.out !== undefined,
        });
        for (const mark of listBuildMarks(published.manifest)) tell(colorStderr('yellow', mark));
        if (options.out !== undefined) await writeFile(options.out, result);
        else if (typeof result === 'string') print(result, {isExact: format === 'csv'});
        else process.stdout.write(result);
      } finally {
        db.close();
      }
    });
}

function parseParameter(text: string, before: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new Failure(`--param ${text}: write it as --param year=2020-21, and $year in the query.`, exit.usage);
  return {...before, [name]: value};
}

/** @throws Failure (exit 2) for bytes that would go to a terminal */
function chooseFormat({format, out}: Options, isAsked: boolean): Format | BinaryFormat {
  const ending = out === undefined ? '' : extname(out).slice(1).toLowerCase();
  const chosen = isAsked ? format : (allFormats.find((each) => each === ending) ?? format);
  if (isBinary(chosen) && out === undefined && process.stdout.isTTY)
    throw new Failure(
      `--format ${chosen} is not for a terminal. Write it to a file (--out result.${chosen}), or hand it to a program (rollcall sql … | program).`,
      exit.usage,
    );
  return chosen;
}

function isBinary(format: Format | BinaryFormat): format is BinaryFormat {
  return binaryFormats.some((each) => each === format);
}

async function readQuery(query: string | undefined, {file}: Options): Promise<string> {
  if (query !== undefined && file !== undefined)
    throw new Failure(
      'There are two queries: one in quotation marks, and one in --file. Give one of them.',
      exit.usage,
    );
  if (file !== undefined && file !== '-')
    return readFile(file, 'utf8').catch((error: unknown) => {
      if (getErrorCode(error) !== 'ENOENT') throw error;
      throw new Failure(`--file ${file}: there is no such file.`, exit.usage);
    });
  if (query !== undefined && query !== '-') return query;
  if (query === '-' || file === '-' || isRedirected()) return readText(process.stdin);
  throw new Failure(
    'There is no query. Write one in quotation marks, or give --file (see rollcall sql --help).',
    exit.usage,
  );
}

/** Returns whether a shell has connected standard input to a file or another command. Elsewhere a program may leave it open. */
function isRedirected(): boolean {
  const input = fstatSync(process.stdin.fd);
  return input.isFile() || input.isFIFO();
}

interface Query {
  sql: string;
  parameters: Record<string, string>;
  limit: number;
  format: Format | BinaryFormat;
  isFile: boolean;
}

async function run(db: Database, {sql, parameters, limit, format, isFile}: Query): Promise<string | Uint8Array> {
  const bound = Object.keys(parameters).length > 0 ? parameters : undefined;
  if (isBinary(format)) {
    const rows = await db.readChunks(sql, bound, limit).catch(explain);
    assertLimit(rows.rowCount, limit);
    return encodeChunks(rows, format);
  }
  const result = await db.query(sql, bound, limit).catch(explain);
  assertLimit(result.rows.length, limit);
  if (format === 'json' || format === 'csv') return render(result, format);
  return renderExact(result, format, isFile ? undefined : readScreenWidth());
}

function explain(error: Error): never {
  if (error instanceof Failure) throw error;
  const [, missing] = /Values were not provided for .*parameters: (.*)/.exec(error.message) ?? [];
  if (missing !== undefined)
    throw new Failure(
      `The query has parameters without a value: ${missing}. Give each with --param name=value.`,
      exit.usage,
    );
  if (/retrieve bind parameter index/.test(error.message))
    throw new Failure('A --param is not in the query. Write it there as $name.', exit.usage);
  throw new Failure(error.message, exit.usage);
}

function assertLimit(rowCount: number, limit: number): void {
  if (rowCount <= limit) return;
  throw new Failure(
    `The query returns more than ${formatCount(limit)} rows. Ask for fewer, allow more with --limit, or take the table with "rollcall export".`,
    exit.usage,
  );
}
