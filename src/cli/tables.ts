import {Command} from 'commander';
import {openBuild, requirePublished} from '../builds/published.ts';
import {exit, Failure} from '../failure.ts';
import {type Column, readCatalog, type Table} from '../report/catalog.ts';
import {layers} from '../report/layers.ts';
import {near} from '../suggest-names.ts';
import {formatCounted} from '../words/count.ts';
import {addFormatOptions, createHomeOption, type FormatOptions, resolveHome} from './options.ts';
import {render} from './table.ts';
import {bold, print, readScreenWidth, wrapText} from './terminal.ts';

interface Options extends FormatOptions {
  home?: string;
}

export function createTablesCommand(): Command {
  return addFormatOptions(new Command('tables'))
    .argument('[schema]', `only the tables of one schema: ${layers.join(', ')}`)
    .addOption(createHomeOption())
    .action(async (schema: string | undefined, options: Options) => {
      if (schema !== undefined && !layers.some((layer) => layer === schema))
        throw new Failure(`${schema}: there is no such schema. There are: ${layers.join(', ')}.`, exit.usage);
      const tables = (await readTables(options)).filter(({layer}) => schema === undefined || layer === schema);
      const rows = tables.map(({name, layer, rowCount, grain}) => ({
        schema: layer,
        table: name,
        rows: rowCount,
        one_row_is: describeGrain(grain),
      }));
      const blocks = layers.flatMap((layer) => {
        const of = tables.filter((table) => table.layer === layer);
        if (of.length === 0) return [];
        const lines = of.flatMap(({name, rowCount, grain}) =>
          formatBlock(name, formatCounted(rowCount ?? 0, 'row'), [describeGrain(grain)]),
        );
        return [[bold(layer), ...lines].join('\n')];
      });
      printRows(['schema', 'table', 'rows', 'one_row_is'], rows, blocks, options);
    });
}

export function createDescribeCommand(): Command {
  return addFormatOptions(new Command('describe'))
    .argument('<table>', 'TABLE or TABLE.COLUMN; the schema is optional')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  rollcall describe schools
  rollcall describe school_representation.gap_pp

* marks the columns of the key: together they identify a row. A test holds for
every row of a published build. Values are all of them if there are few, else
the lowest and the highest.`,
    )
    .action(async (wanted: string, options: Options) => {
      const parts = wanted.split('.');
      const tables = await readTables(options, (table) => parts.includes(table.slice(table.indexOf('.') + 1)));
      const {table, columns} = findTable(tables, wanted);
      const rows = columns.map((column) => ({table: `${table.layer}.${table.name}`, ...toRow(table, column)}));
      const head = [
        bold(`${table.layer}.${table.name}`),
        ...wrapText([table.grain, table.about].join(' ').trim(), readScreenWidth()),
        `${formatCounted(table.rowCount ?? 0, 'row')} · ${table.path}`,
      ];
      const lines = columns.flatMap((column) => {
        const {is_key, type, meaning, values, tests} = toRow(table, column);
        return formatBlock(`${column.name}${is_key ? ' *' : ''}`, type, [
          meaning,
          ...(values === '' ? [] : [`Values: ${values}`]),
          ...(tests === '' ? [] : [`Tests: ${tests}`]),
        ]);
      });
      const names = ['table', 'column', 'type', 'is_key', 'meaning', 'values', 'tests'];
      printRows(names, rows, [head.join('\n'), lines.join('\n')], options);
    });
}

export function createColumnsCommand(): Command {
  return addFormatOptions(new Command('columns'))
    .argument('[word]', 'lists all columns if omitted')
    .addOption(createHomeOption())
    .action(async (word: string | undefined, options: Options) => {
      const isWanted = ({name, description}: Column) =>
        word === undefined || `${name} ${description}`.toLowerCase().includes(word.toLowerCase());
      const found = (await readTables(options)).flatMap((table) =>
        table.columns.filter(isWanted).map((column) => ({table, column})),
      );
      if (found.length === 0)
        throw new Failure(
          `${word}: no column has this word in its name or meaning. "rollcall tables" lists the tables, and rollcall sql "from demographic_groups" the groups.`,
        );
      const rows = found.map(({table, column}) => ({table: `${table.layer}.${table.name}`, ...toRow(table, column)}));
      // Most columns mean the same in every table.
      const blocks = [...Map.groupBy(found, ({column}) => `${column.name} ${column.description}`).values()].map(
        (of) => {
          const {name, description} = of[0]?.column ?? {name: '', description: ''};
          const types = [...new Set(of.map(({column}) => column.type))].join(', ');
          const where = of.map(({table}) => `${table.layer}.${table.name}`).join(', ');
          return formatBlock(name, types, [description, `In: ${where}`]).join('\n');
        },
      );
      printRows(
        ['table', 'column', 'type', 'is_key', 'meaning', 'values', 'tests'],
        rows,
        [blocks.join('\n')],
        options,
      );
    });
}

/** Reads the tables of the published build that it really has, in the order of their schemas. */
async function readTables(options: Options, isWanted?: (table: string) => boolean): Promise<Table[]> {
  const db = await openBuild(await requirePublished(resolveHome(options)));
  try {
    const {tables} = await readCatalog(db, isWanted);
    return tables
      .filter(({columns}) => columns.some(({type}) => type !== ''))
      .sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
  } finally {
    db.close();
  }
}

/** @throws Failure (exit 2) if there is no such table or column */
function findTable(tables: readonly Table[], wanted: string): {table: Table; columns: readonly Column[]} {
  for (const table of tables) {
    for (const name of [table.name, `${table.layer}.${table.name}`]) {
      if (wanted === name) return {table, columns: table.columns};
      if (!wanted.startsWith(`${name}.`)) continue;
      const column = wanted.slice(name.length + 1);
      const found = table.columns.filter((each) => each.name === column);
      if (found.length > 0) return {table, columns: found};
      throw new Failure(
        `${wanted}: ${table.name} has no column "${column}".${suggest(
          near(
            column,
            table.columns.map((each) => each.name),
          ),
        )}`,
        exit.usage,
      );
    }
  }
  const name = wanted.split('.').findLast((part) => !layers.some((layer) => layer === part)) ?? wanted;
  throw new Failure(
    `${wanted}: there is no such table. "rollcall tables" lists them.${suggest(
      near(
        name,
        tables.map((each) => each.name),
      ),
    )}`,
    exit.usage,
  );
}

function suggest(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${names.join(', ')}?`;
}

function toRow({key, references}: Table, {name, type, description, values, rules}: Column) {
  const led = references.filter(({column}) => column === name).map(({table, field}) => `in ${table}.${field}`);
  const tests = [...rules, ...led].join('; ');
  return {column: name, type, is_key: key.includes(name), meaning: description, values, tests};
}

function describeGrain(grain: string): string {
  return grain.replace(/^One row = /, '').replace(/\.$/, '');
}

/** Formats a name, what stands beside it, and paragraphs below. */
function formatBlock(name: string, beside: string, paragraphs: readonly string[]): string[] {
  const width = readScreenWidth();
  const indent = '    ';
  return [
    `${bold(name)}  ${beside}`,
    ...paragraphs.flatMap((text) => wrapText(text, width && width - indent.length)).map((line) => `${indent}${line}`),
  ];
}

function printRows(
  columns: string[],
  rows: Parameters<typeof render>[0]['rows'],
  blocks: readonly string[],
  {format}: Options,
): void {
  if (format === 'table') print(`${blocks.join('\n\n')}\n`);
  else print(render({columns, rows}, format), {isExact: format === 'csv'});
}
