import type {Client} from 'pg';
import {identifier, literal} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import {type Column, composeRemark, qualifyName, quoteName, type Table} from './tables.ts';

/* Tables in Postgres: the wanted ones, the existing ones, and the statements that turn these into those. */

/** A table as it exists in the database. */
export interface ExistingTable {
  columns: Map<string, {type: string; isRequired: boolean}>;
  parts: Part[];
}

/** A primary key, a foreign key or an index. Its columns identify it; the server chose its name. */
interface Part {
  kind: 'p' | 'f' | 'i';
  columns: string[];
  /** The table that a foreign key references. */
  parent: string | null;
  name: string;
}

const types: Record<string, string> = {
  VARCHAR: 'text',
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  HUGEINT: 'numeric(38,0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIMESTAMP: 'timestamp without time zone',
  JSON: 'jsonb',
};

/** Returns Postgres's own name for a column's type. */
function nameType({name, type}: Column): string {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  const known = decimal ? `numeric(${decimal[1]},${decimal[2]})` : types[type];
  if (known !== undefined) return known;
  throw new Failure(
    `The column ${name} has the type ${type}, which has no counterpart in Postgres. Cast it in its model, or leave the table out with --tables.`,
  );
}

/** Formats the columns of a table for `create table`. */
export function formatColumns(table: Table): string {
  return table.columns.map((column) => `${identifier(column.name)} ${nameType(column)}`).join(', ');
}

/** Reads every relation of these schemas, by name. A relation that is no table (a view) gets no columns. */
export async function readExisting(client: Client, schemas: readonly string[]): Promise<Map<string, ExistingTable>> {
  const {rows: columns} = await client.query<{name: string; attribute: string | null; type: string; required: boolean}>(
    `select n.nspname || '.' || c.relname as name, a.attname as attribute,
        format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
      from pg_class as c
      join pg_namespace as n on n.oid = c.relnamespace
      left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind = 'r'
      where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      order by name, a.attnum`,
    [schemas],
  );
  const {rows: parts} = await client.query<{table: string} & Part>(
    `with names as (
        select c.oid, n.nspname || '.' || c.relname as name, n.nspname as schema
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      )
      select tables.name as table, part.kind, part.name, parents.name as parent,
        array(select a.attname::text from unnest(part.keys) with ordinality as k (number, position)
          join pg_attribute as a on a.attrelid = part.relation and a.attnum = k.number order by k.position) as columns
      from (
        select conrelid as relation, contype::text as kind, conname::text as name, conkey as keys, confrelid as parent
        from pg_constraint where contype in ('p', 'f')
        union all
        select indrelid, 'i', indexrelid::regclass::text, indkey::int2[], null
        from pg_index where not indisunique and indpred is null and indexprs is null
      ) as part
      join names as tables on tables.oid = part.relation
      left join names as parents on parents.oid = part.parent
      where tables.schema = any($1)
      order by tables.name, part.name`,
    [schemas],
  );
  const byTable = Map.groupBy(columns, ({name}) => name);
  return new Map(
    [...byTable].map(([name, found]) => [
      name,
      {
        columns: new Map(
          found.flatMap(({attribute, type, required}) =>
            attribute === null ? [] : [[attribute, {type, isRequired: required}]],
          ),
        ),
        parts: parts.filter(({table}) => table === name),
      },
    ]),
  );
}

/** What makes of the tables that are there those that should be. */
export interface Plan {
  /** Tables to lock against readers: none, unless a table has changed or is to be dropped. */
  alone: string[];
  /** Statements to run before the rows are changed, and after. */
  before: string[];
  after: string[];
}

/**
 * Plans the changes of tables. If no existing table has changed, only new tables get keys. Otherwise all foreign keys are
 * recreated, and columns are added and dropped; nothing is cast, so a column of another type is a new column. The server refuses
 * to drop a column that somebody else's objects depend on, and names them.
 *
 * @param gone existing tables to drop
 */
export function planChanges(
  tables: readonly Table[],
  gone: readonly Pick<Table, 'schema' | 'name'>[],
  existing: Map<string, ExistingTable>,
): Plan {
  const at = (table: Table) => existing.get(qualifyName(table));
  const there = tables.flatMap((table) => {
    const found = at(table);
    return found === undefined ? [] : [{table, found}];
  });
  const isReshaped = gone.length > 0 || there.some(({table, found}) => hasChanged(table, found));
  const foreign = (parts: readonly Part[]) => parts.filter(({kind}) => kind === 'f');
  const drop = (table: Table) => (part: Part) =>
    `alter table ${quoteName(table)} drop constraint ${identifier(part.name)}`;
  return {
    alone: isReshaped ? [...there.map(({table}) => quoteName(table)), ...gone.map(quoteName)] : [],
    before: isReshaped
      ? [
          ...there.flatMap(({table, found}) => foreign(found.parts).map(drop(table))),
          ...there.flatMap(({table, found}) =>
            found.parts.filter((part) => part.kind === 'p' && !keepsKey(table, found)).map(drop(table)),
          ),
          ...(gone.length > 0 ? [`drop table ${gone.map(quoteName).join(', ')}`] : []),
          ...there.flatMap(({table, found}) => planColumns(table, found)),
        ]
      : [],
    after: planAdditions(
      tables.flatMap((table) => {
        const found = at(table);
        return isReshaped || found === undefined ? [{table, found}] : [];
      }),
    ),
  };
}

function fits(column: Column, {columns}: ExistingTable): boolean {
  return columns.get(column.name)?.type === nameType(column);
}

function keepsKey({columns, primaryKey}: Table, found: ExistingTable): boolean {
  const key = found.parts.find(({kind}) => kind === 'p')?.columns ?? [];
  const isSame = String(key) === String(primaryKey);
  return isSame && columns.every((column) => !key.includes(column.name) || fits(column, found));
}

function hasChanged(table: Table, found: ExistingTable): boolean {
  const isRequired = ({name, isRequired}: Column) => isRequired || table.primaryKey.includes(name);
  const links = (pairs: string[][]) => pairs.map(String).sort().join(' ');
  return (
    found.columns.size !== table.columns.length ||
    table.columns.some(
      (column) => !fits(column, found) || found.columns.get(column.name)?.isRequired !== isRequired(column),
    ) ||
    !keepsKey(table, found) ||
    links(found.parts.flatMap(({kind, columns, parent}) => (kind === 'f' ? [[...columns, parent ?? '']] : []))) !==
      links(table.foreignKeys.map(({column, references}) => [column, `${references.schema}.${references.table}`]))
  );
}

function planColumns(table: Table, found: ExistingTable): string[] {
  const wanted = (name: string) => table.columns.find((column) => column.name === name && fits(column, found));
  const changes = [
    ...[...found.columns].flatMap(([name, {isRequired}]) => {
      const column = wanted(name);
      if (column === undefined) return [`drop column ${identifier(name)}`];
      const isLoosened = isRequired && !column.isRequired && !table.primaryKey.includes(name);
      return isLoosened ? [`alter column ${identifier(name)} drop not null`] : [];
    }),
    ...table.columns
      .filter((column) => wanted(column.name) === undefined)
      .map((column) => `add column ${identifier(column.name)} ${nameType(column)}`),
  ];
  return changes.map((change) => `alter table ${quoteName(table)} ${change}`);
}

/** Plans what loaded tables still need: first every primary key, then foreign keys, then indexes. */
function planAdditions(tables: readonly {table: Table; found: ExistingTable | undefined}[]): string[] {
  const required = ({columns}: Table) => columns.filter(({isRequired}) => isRequired);
  return [
    ...tables
      .filter(({table}) => required(table).length > 0)
      .map(({table}) => {
        const changes = required(table).map(({name}) => `alter column ${identifier(name)} set not null`);
        return `alter table ${quoteName(table)} ${changes.join(', ')}`;
      }),
    ...tables
      .filter(({table, found}) => table.primaryKey.length > 0 && !(found && keepsKey(table, found)))
      .map(({table}) => `alter table ${quoteName(table)} add primary key (${table.primaryKey.map(identifier)})`),
    ...tables.flatMap(({table}) =>
      table.foreignKeys.map(({column, references: {schema, table: parent, column: key}}) => {
        const to = `${quoteName({schema, name: parent})} (${identifier(key)})`;
        return `alter table ${quoteName(table)} add foreign key (${identifier(column)}) references ${to} deferrable`;
      }),
    ),
    ...tables.flatMap(({table, found}) =>
      findUnindexed(table, found).map((name) => `create index on ${quoteName(table)} (${identifier(name)})`),
    ),
  ];
}

/** Returns columns with a foreign key and no index yet. The primary key's index serves its first column. */
function findUnindexed({columns, primaryKey, foreignKeys}: Table, found: ExistingTable | undefined): string[] {
  const hasIndex = (column: Column) =>
    found !== undefined &&
    fits(column, found) &&
    found.parts.some(({kind, columns}) => kind === 'i' && String(columns) === column.name);
  return columns
    .filter((column) => foreignKeys.some((key) => key.column === column.name) && !hasIndex(column))
    .map(({name}) => name)
    .filter((name) => name !== primaryKey[0]);
}

/** Plans the statements that make a table's rows equal to those of `incoming`, which has the same columns. Equal rows stay untouched. */
export function planRows(table: Table, incoming: string): {delete: string; update?: string; insert: string} {
  const into = quoteName(table);
  const names = table.columns.map(({name}) => identifier(name));
  const key = table.primaryKey.map(identifier);
  if (key.length === 0) {
    // Rows without a key can only be replaced all together, and only if they differ.
    const differs = `exists (select ${names} from ${into} except all select ${names} from ${incoming})
      or exists (select ${names} from ${incoming} except all select ${names} from ${into})`;
    return {
      delete: `delete from ${into} where ${differs}`,
      insert: `insert into ${into} (${names}) select ${names} from ${incoming} where not exists (select from ${into})`,
    };
  }
  const isSame = key.map((column) => `old.${column} = new.${column}`).join(' and ');
  const others = names.filter((name) => !key.includes(name));
  const all = (side: string) => others.map((name) => `${side}.${name}`).join(', ');
  return {
    delete: `delete from ${into} as old where not exists (select from ${incoming} as new where ${isSame})`,
    ...(others.length > 0 && {
      update: `update ${into} as old set ${others.map((name) => `${name} = new.${name}`).join(', ')}
        from ${incoming} as new where ${isSame} and row(${all('old')}) is distinct from row(${all('new')})`,
    }),
    insert: `insert into ${into} (${names}) select ${names} from ${incoming} as new
      where not exists (select from ${into} as old where ${isSame})`,
  };
}

/** Formats the statements that comment on a table and its columns. */
export function formatComments(table: Table): string {
  const text = (words: string | undefined) => (words ? literal(words) : 'null');
  return [
    `comment on table ${quoteName(table)} is ${text(composeRemark(table))}`,
    ...table.columns.map(
      ({name, description}) => `comment on column ${quoteName(table)}.${identifier(name)} is ${text(description)}`,
    ),
  ].join('; ');
}
