import type {ColumnReferenceFact, LineageNode, Schema} from '@polyglot-sql/sdk';
import {Failure} from '../failure.ts';
import {disambiguate, findAmbiguous, listNodes, listTablesRead, removeDecisions} from './query-tree.ts';

/** A column of a table: `marts.schools`, `teacher_count`. */
export interface ColumnName {
  table: string;
  column: string;
}

/** The origin of a query's column, in columns of the tables that the query reads. */
interface Origin {
  /** Columns that it copies or is computed from. */
  from: ColumnName[];
  /** Columns that only decide which value it takes: in conditions, and in a window's partition and order. */
  decidedBy: ColumnName[];
  /** For a column without an origin: a constant (in one branch of a union, perhaps), or a number of rows. */
  fixed?: Fixed;
}

type Fixed = 'constant' | 'row count';

export interface QueryLineage {
  /** Every column of the query, in order. */
  columns: Map<string, Origin>;
  /** Columns that decide which rows the query returns, or how it matches them. */
  rows: {use: 'join' | 'filter' | 'group'; column: ColumnName}[];
}

export type SqlLibrary = typeof import('@polyglot-sql/sdk');

/**
 * Traces the columns of a query to the tables it reads. The library follows columns through the query. A second analysis of the
 * query without its conditions shows which columns only decide a value.
 *
 * @param columnsOf returns the columns of a table, undefined if there is no such table
 * @throws Failure, whose message begins with `name`, if a column can't be traced with certainty
 */
export function readQueryLineage(
  sql: SqlLibrary,
  {name, query: asWritten}: {name: string; query: string},
  columnsOf: (table: string) => readonly string[] | undefined,
): QueryLineage {
  const dialect = sql.Dialect.DuckDB;
  const failure = (what: string) => new Failure(`${name}: lineage: ${what}`);
  const parsed = sql.parse(asWritten, dialect);
  if (!parsed.success) throw failure(`the SQL can't be parsed: ${parsed.error}.`);
  if (listNodes(parsed.ast).some(({kind, node}) => kind === 'star' && (node['replace'] as unknown[] | null)?.length)) {
    throw failure('"* replace" is not followed. Name the columns.');
  }
  if (listNodes(parsed.ast).some(({kind, node}) => kind === 'with' && node['recursive'])) {
    throw failure('a query that calls itself is not followed.');
  }
  const tree = disambiguate(parsed.ast);
  const [unclear] = findAmbiguous(tree);
  if (unclear) throw failure(`"${unclear}" could be a column or an alias. Write the table before the column.`);
  const query = generate(tree);
  const schema: Schema = {tables: listTablesRead(tree).map(describeTable)};

  function generate(tree: unknown): string {
    const {sql: statements, error} = sql.generate(tree, dialect);
    if (statements === undefined) throw failure(`the query can't be generated: ${error}.`);
    return statements.join(';\n');
  }

  function describeTable(table: string): Schema['tables'][number] {
    const [namespace = '', name = ''] = table.split('.');
    const columns = columnsOf(table);
    if (columns === undefined) throw failure(`it reads ${table}, which is not in the project.`);
    if (columns.length === 0) throw failure(`it reads ${table}, whose columns no yml names.`);
    return {schema: namespace, name, columns: columns.map((name) => ({name, type: 'text'}))};
  }

  function analyze(query: string) {
    const {analysis: found, error} = sql.analyzeQuery(query, {dialect, schema});
    if (found === undefined) throw failure(`the SQL can't be analyzed: ${error}.`);
    return found;
  }

  const uncertain = (what: string, column: string) =>
    failure(`${what}: it is not certain which table "${column}" is of. Write the table before the column.`);
  const isThere = ({table, column}: ColumnName) => columnsOf(table)?.includes(column) === true;

  /** Follows a column of the query to columns of tables; `fixed` is set if there are none. */
  function follow(ordinal: number, upstream: readonly ColumnReferenceFact[]): {columns: ColumnName[]; fixed?: Fixed} {
    const columns = upstream.map(({table = '', column}) => ({table, column}));
    const isComplete = upstream.every(({sourceKind, confidence}, index) => {
      const column = columns[index];
      return sourceKind === 'table' && confidence === 'resolved' && column && isThere(column);
    });
    if (isComplete && columns.length > 0) return {columns: removeDuplicates(columns)};
    // The summary stops at common table expressions with constants; the full tree does not.
    const {lineage, error} = sql.lineageAtWithSchema(ordinal, query, schema, dialect);
    const what = `the column "${names[ordinal]}"`;
    if (lineage === undefined) throw failure(`${what} can't be followed: ${error}.`);
    const found: ColumnName[] = [];
    const kinds = new Set<string>();
    for (const {source_kind: kind, source_name: table, name: text, expression} of listLeaves(lineage)) {
      const column = text.slice(text.lastIndexOf('.') + 1);
      if (kind === 'table' && isThere({table, column})) found.push({table, column});
      else {
        const below = listNodes(expression);
        if (below.some(({kind}) => kind === 'column' || kind === 'star')) throw uncertain(what, column);
        for (const {kind} of below) kinds.add(kind);
      }
    }
    if (found.length > 0) return {columns: removeDuplicates(found)};
    return {columns: [], fixed: kinds.has('count') || kinds.has('window_function') ? 'row count' : 'constant'};
  }

  const whole = analyze(query);
  const names = whole.projections.map(({name}) => name ?? '?');
  const undecided = analyze(generate(removeDecisions(tree)));

  const columns = new Map<string, Origin>();
  for (const [ordinal, {upstream}] of whole.projections.entries()) {
    const {columns: all, fixed} = follow(ordinal, upstream);
    const carrying = undecided.projections[ordinal]?.upstream ?? [];
    const carries = ({table, column}: ColumnName) =>
      carrying.some((other) => other.table === table && other.column === column);
    columns.set(names[ordinal] ?? '', {
      from: all.filter(carries),
      decidedBy: all.filter((column) => !carries(column)),
      ...(fixed && {fixed}),
    });
  }
  const rows = (whole.columnUses ?? []).flatMap(({context, references}) => {
    const use = rowUses[context];
    if (use === undefined) return [];
    return references
      .filter(({sourceKind}) => sourceKind !== 'cte' && sourceKind !== 'derived_table')
      .map(({confidence, table = '', column}) => {
        if (confidence !== 'resolved' || !isThere({table, column})) throw uncertain(`a ${use}`, column);
        return {use, column: {table, column}};
      });
  });
  return {columns, rows: removeDuplicates(rows)};
}

/** The clauses that decide which rows there are, by the library's names. The other clauses affect single columns. */
const rowUses: Record<string, 'join' | 'filter' | 'group'> = {
  join: 'join',
  filter: 'filter',
  having: 'filter',
  qualify: 'filter',
  set_operation_filter: 'filter',
  group: 'group',
};

function listLeaves(node: LineageNode): LineageNode[] {
  return node.downstream.length === 0 ? [node] : node.downstream.flatMap(listLeaves);
}

function removeDuplicates<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
