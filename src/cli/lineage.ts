import {join} from 'node:path';
import {Command} from 'commander';
import {readGraph} from '../dbt/graph/read-graph.ts';
import {findNamed} from '../lineage/find-column.ts';
import {type Lineage, type ProjectTable, readLineage} from '../lineage/project-lineage.ts';
import type {ColumnName} from '../lineage/query-lineage.ts';
import {type Direction, formatColumnName, type Step, trace} from '../lineage/trace.ts';
import {projectFolder} from '../project-folder.ts';
import {findPublishedColumns} from '../sources/published-columns.ts';
import {formatJson, print} from './terminal.ts';
import {type Branch, drawTree} from './tree.ts';

interface Options {
  upstream?: true;
  downstream?: true;
  json?: true;
}

export function createLineageCommand(): Command {
  return new Command('lineage')
    .argument('[name]', 'TABLE.COLUMN, or TABLE for all of its columns; the schema is optional (default: every table)')
    .option('--upstream', 'where it comes from (default)')
    .option('--downstream', 'what depends on it')
    .option('--json', 'print every step as JSON')
    .addHelpText(
      'after',
      `
  rollcall lineage top_schools_by_teachers_of_color.gap_pp
  rollcall lineage raw.ospi_teachers.teacher_count --downstream
  rollcall lineage schools

Lineage is read from the SQL of the models; it needs no build. "decided by"
names columns that choose a value without being part of it: conditions, and the
partition and order of a window.`,
    )
    .action(async (name: string | undefined, options: Options) => {
      const lineage = await readLineage(await readGraph(join(projectFolder, 'dbt')));
      if (name === undefined) {
        const tables = [...lineage.tables.values()];
        print(
          options.json
            ? formatJson(tables.map((table) => tableToJson(lineage, table)))
            : tables.map((table) => drawTable(lineage, table)).join('\n'),
        );
        return;
      }
      const {table, column} = findNamed(lineage, name);
      const directions: Direction[] = [
        ...(options.upstream || !options.downstream ? ['upstream' as const] : []),
        ...(options.downstream ? ['downstream' as const] : []),
      ];
      if (column === undefined) {
        print(options.json ? formatJson(tableToJson(lineage, table)) : drawTable(lineage, table));
      } else {
        const start = {table: table.table, column};
        print(
          options.json ? formatJson(columnToJson(lineage, start, directions)) : drawColumn(lineage, start, directions),
        );
      }
    });
}

/** Draws one tree for each direction, with every step. */
function drawColumn(lineage: Lineage, column: ColumnName, directions: readonly Direction[]): string {
  const trees = directions.map((direction) => drawTree(growBranch(lineage, column, direction)));
  return trees.join('\n');
}

function growBranch(lineage: Lineage, start: ColumnName, direction: Direction): Branch {
  const steps = trace(lineage, start, direction);
  const shown = new Set<string>();
  const next = ({from, to}: Step) => (direction === 'upstream' ? from : to);
  const branch = (column: ColumnName): Branch => {
    const name = formatColumnName(column);
    const file = fileOf(lineage, column.table);
    const here = steps.filter((step) => formatColumnName(direction === 'upstream' ? step.to : step.from) === name);
    if (here.length > 0 && shown.has(name)) return {text: name, note: 'as above'};
    shown.add(name);
    const carried = here.filter(({decides}) => !decides).map(next);
    const deciding = groupByTable(here.filter(({decides}) => decides).map(next));
    const word = direction === 'upstream' ? 'decided by' : 'decides';
    // A value that only decisions make is traced through them.
    const onlyDecided = direction === 'upstream' && carried.length === 0;
    return {
      text: name,
      note: file,
      branches: [
        ...(onlyDecided ? [] : deciding).map((text) => ({text: `${word} ${text}`, isAside: true})),
        ...(onlyDecided ? here.map(next) : carried).map((column) => {
          const child = branch(column);
          return onlyDecided ? {...child, text: `${word} ${child.text}`} : child;
        }),
        ...(direction === 'upstream' ? describeEnds(lineage, column).map((text) => ({text})) : []),
      ],
    };
  };
  return branch(start);
}

/** Describes the origin of a column that depends on no other column. */
function describeEnds(lineage: Lineage, {table, column}: ColumnName): string[] {
  const found = lineage.tables.get(table);
  if (found?.kind === 'model') {
    const fixed = findOrigin(lineage, {table, column})?.fixed;
    return fixed ? [fixed === 'constant' ? 'a constant in the SQL' : 'the number of rows'] : [];
  }
  if (found?.kind === 'seed') return [];
  const published = findPublishedColumns(table.split('.')[1] ?? '', column);
  if (published === undefined) {
    return [`Made by Rollcall. ${found?.columns.find(({name}) => name === column)?.description ?? ''}`];
  }
  const {source, labels, isTheirNames} = published;
  const quoted = labels.map((label) => `"${label}"`);
  const [first = '', second = ''] = quoted;
  const columns = labels.length === 1 ? first : `${first}, ${second} and ${labels.length - 2} more columns`;
  return [`${isTheirNames ? 'the names of ' : ''}${columns} of ${source.title}`];
}

/** Finds what a model's column is made of; undefined for other tables. */
function findOrigin(lineage: Lineage, {table, column}: ColumnName) {
  return lineage.tables.get(table)?.kind === 'model' ? lineage.of(table).columns.get(column) : undefined;
}

/** `marts.schools: teacher_count, school_id` for each table. */
function groupByTable(columns: readonly ColumnName[]): string[] {
  return [...Map.groupBy(columns, ({table}) => table)].map(
    ([table, of]) => `${table}: ${of.map(({column}) => column).join(', ')}`,
  );
}

function drawTable(lineage: Lineage, {table, columns}: ProjectTable): string {
  const branch: Branch = {
    text: table,
    note: fileOf(lineage, table),
    branches: columns.map(({name: column}) => {
      const origin = findOrigin(lineage, {table, column});
      return {
        text: column,
        branches: [
          ...(origin?.from ?? []).map((from) => ({text: formatColumnName(from)})),
          ...groupByTable(origin?.decidedBy ?? []).map((text) => ({text: `decided by ${text}`, isAside: true})),
          ...describeEnds(lineage, {table, column}).map((text) => ({text})),
        ],
      };
    }),
  };
  return drawTree(branch);
}

function columnToJson(lineage: Lineage, column: ColumnName, directions: readonly Direction[]) {
  const ways = directions.map((direction) => {
    const steps = trace(lineage, column, direction);
    const names = [column, ...steps.flatMap(({from, to}) => [from, to])];
    const columns = [...new Map(names.map((name) => [formatColumnName(name), name])).values()];
    return [
      direction,
      {
        columns: columns.map((name) => describeColumn(lineage, name)),
        steps: steps.map(({from, to, decides}) => ({from: formatColumnName(from), to: formatColumnName(to), decides})),
      },
    ];
  });
  return {column: formatColumnName(column), ...Object.fromEntries(ways)};
}

/** Describes a column for programs: its file and, if it belongs to a source, the publisher's columns. */
function describeColumn(lineage: Lineage, {table, column}: ColumnName) {
  const found = lineage.tables.get(table);
  const published = found?.kind === 'source' ? findPublishedColumns(table.split('.')[1] ?? '', column) : undefined;
  const fixed = findOrigin(lineage, {table, column})?.fixed;
  return {
    column: `${table}.${column}`,
    kind: found?.kind,
    file: fileOf(lineage, table),
    ...(fixed && {fixed}),
    ...(published && {source: published.source.title, published_as: published.labels}),
  };
}

function tableToJson(lineage: Lineage, {table, columns, kind}: ProjectTable) {
  const made = kind === 'model' ? lineage.of(table) : undefined;
  return {
    table,
    file: fileOf(lineage, table),
    columns: columns.map(({name: column}) => {
      const {from = [], decidedBy = []} = made?.columns.get(column) ?? {};
      return {
        ...describeColumn(lineage, {table, column}),
        from: from.map(formatColumnName),
        decided_by: decidedBy.map(formatColumnName),
      };
    }),
    ...(made && {rows: made.rows.map(({use, column}) => ({use, column: formatColumnName(column)}))}),
  };
}

function fileOf(lineage: Lineage, table: string): string {
  return `dbt/${lineage.tables.get(table)?.path}`;
}
