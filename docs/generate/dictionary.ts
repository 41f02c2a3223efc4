import {markdownTable} from 'markdown-table';
import type {Catalog, Column, Table} from '../../src/report/catalog.ts';
import type {Layer} from '../../src/report/layers.ts';
import {formatCounted} from '../../src/words/count.ts';

const chapters: [layer: Layer, title: string, say: string][] = [
  ['marts', 'Marts', 'The answers and the figures behind them. Start here.'],
  ['core', 'Core', 'Dimensions, facts and bridges, independent of their sources. For questions that no mart answers.'],
  ['staging', 'Staging', 'The sources in one vocabulary, row for row. For tracing a figure.'],
  ['seeds', 'Seeds', 'Small tables written by hand, in `dbt/seeds/`.'],
  [
    'raw',
    'Raw',
    'The landed files, row for row, with the publisher’s names of the columns, and what happened to each row.',
  ],
  [
    'intermediate',
    'Intermediate',
    'What several publishers say, in one shape, and what several marts rest on. No place to start from.',
  ],
  ['audit', 'Audit', 'The checks before the build was published.'],
];

/** Writes the dictionary: every table with its grain, every column with its meaning. */
export function writeDictionary({tables, tests}: Catalog, names: string): string {
  const linked = (name: string) => (tables.some((table) => table.name === name) ? `[${name}](#${name})` : name);
  return `${[
    '# Dictionary',
    'Every table of the warehouse and every column. `npm run docs` generates this page from the project; each meaning is written once, in `dbt/models/`.',
    '`npx rollcall lineage TABLE.COLUMN` says where a column comes from, down to the publisher\u2019s own. `npx rollcall describe TABLE` and `npx rollcall columns WORD` say the same as this page of your own build, and so do the comments on tables and columns in each DuckDB file. The [diagrams](diagrams) show how the tables are connected.',
    writeContents(tables),
    `## How names work\n\n${names}`,
    `**Rules** are tests. Every run checks them, and a build is not published if one fails (except those that only warn). **Bold** columns are the key: together they identify a row. **Values** are those of the bundled sample, whose schools are invented: all of them if there are few, else the lowest and the highest. An arrow leads to the table in which the column is a key; that table has every value of the column.`,
    ...chapters.map(([layer, title, say]) =>
      [
        `## ${title}`,
        say,
        ...tables.filter((table) => table.layer === layer).map((table) => writeTable(table, linked)),
      ].join('\n\n'),
    ),
    writeTestsAcross(tests, linked),
    writeColumnIndex(tables),
  ].join('\n\n')}\n`;
}

function writeContents(tables: readonly Table[]): string {
  return [
    ...chapters.map(([layer, title]) => {
      const rows = tables
        .filter((table) => table.layer === layer)
        .map(({name, grain}) => [
          `[${name}](#${name})`,
          formatCell(grain.replace(/^One row = /, '').replace(/\.$/, '')),
        ]);
      return `**[${title}](#${title.toLowerCase()})**\n\n${formatTable(['table', 'one row is'], rows)}`;
    }),
    '[Tests across tables](#tests-across-tables) \u00b7 [Columns, from A to Z](#columns-from-a-to-z)',
  ].join('\n\n');
}

function writeTable(of: Table, linked: (name: string) => string): string {
  const isRaw = of.columns.some(({publishedAs}) => publishedAs.length > 0);
  const rows = of.columns.map((column) => [
    `<a id="${of.name}.${column.name}"></a>${of.key.includes(column.name) ? `**${column.name}**` : column.name}`,
    ...(isRaw ? [formatCell(formatPublishedNames(column))] : []),
    column.type,
    [column.description, ...(column.values === '' ? [] : [`Values: ${column.values}`])].map(formatCell).join('<br>'),
    formatCell(formatRules(of, column, linked)),
  ]);
  const from = of.parents.length > 0 ? `Made from ${of.parents.map(linked).join(', ')}.` : '';
  const to = of.readers.length > 0 ? `Read by ${of.readers.map(linked).join(', ')}.` : '';
  return [
    `### ${of.name}`,
    of.grain,
    ...(of.about === '' ? [] : [of.about]),
    formatTable(['column', ...(isRaw ? ['in the file'] : []), 'type', 'meaning', 'rules'], rows),
    `\`${of.layer}.${of.name}\` \u00b7 [${of.path}](../${of.path}) \u00b7 ${formatCounted(of.rowCount ?? 0, 'row')} in the sample${from || to ? ` \u00b7 ${[from, to].filter((said) => said !== '').join(' ')}` : ''}`,
  ].join('\n\n');
}

function formatPublishedNames({publishedAs}: Column): string {
  const [first = '', second] = publishedAs;
  return publishedAs.length > 2 ? `${first}, ${second} and ${publishedAs.length - 2} more` : first;
}

function formatRules({references}: Table, {name, rules}: Column, linked: (name: string) => string): string {
  const led = references.filter(({column}) => column === name).map(({table}) => `\u2192 ${linked(table)}`);
  return [...led, ...rules].join('; ');
}

function writeTestsAcross(tests: Catalog['tests'], linked: (name: string) => string): string {
  const rows = tests.map(({name, path, sentence, tables}) => [
    `[${name}](../${path})`,
    formatCell(sentence),
    tables.map(linked).join(', '),
  ]);
  return `## Tests across tables\n\nWhat must hold between tables, or between the rows of one.\n\n${formatTable(['test', 'what holds', 'tables'], rows)}`;
}

function writeColumnIndex(tables: readonly Table[]): string {
  const columns = Map.groupBy(
    tables.flatMap((table) => table.columns.map((column) => ({table, column}))),
    ({column}) => column.name,
  );
  const rows = [...columns]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, places]) => [name, places.map(({table}) => `[${table.name}](#${table.name}.${name})`).join(', ')]);
  return `## Columns, from A to Z\n\n${formatTable(['column', 'in'], rows)}`;
}

/** Formats a Markdown table. Cells are not padded, since people read the rendered page. */
function formatTable(head: string[], rows: string[][]): string {
  return markdownTable([head, ...rows], {alignDelimiters: false});
}

/** Escapes text for a cell. */
function formatCell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}
