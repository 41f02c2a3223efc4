import type {Column, Pivot, Source} from '../sources/source.ts';
import {type Database, identifier, literal} from '../warehouse/duckdb.ts';
import {cellName, readColumn, rejection} from './columns.ts';
import type {Contract} from './contract.ts';
import type {Landed} from './land.ts';
import {cells, findSkippedLines, readingFailure} from './scan.ts';

/**
 * Reads the file into two temporary tables: `parsed` (a row a line, the columns typed, `reason` where the row can't be used)
 * and `skipped_line`.
 *
 * @throws Failure where DuckDB can't make rows of the file at all
 */
export async function readRows(db: Database, source: Source, landed: Landed, contract: Contract): Promise<void> {
  const cellOf = (column: Column) => {
    const position = contract.positions.get(column.id);
    return position === undefined ? 'null' : cellName(position);
  };
  const read = source.columns.map((column) => `${readColumn(column, cellOf(column))} as ${identifier(column.id)}`);
  const present = source.columns.filter(({id}) => contract.positions.has(id));
  const reasons = [
    ...present.map((column) => rejection(column, identifier(column.id), cellOf(column))),
    ...organizationReasons(source),
  ].filter((reason) => reason !== undefined);
  const content = landed.layout.header.map((label, position) => `${literal(label)}: ${cellName(position)}`);
  const unread = descriptiveColumns(source, contract).map(
    (column) => `${identifier(column.id)} is null and ${cellOf(column)} is not null as ${unreadName(column)}`,
  );
  const extra = contract.newColumns.map(({position}) => cellName(position));

  try {
    await db.run(`create temp table parsed as
      select
        ordinal, * exclude (ordinal, reason, content), reason,
        case when reason is not null then to_json(content) end as content
      from (
        select ordinal, ${[...source.columns.map(({id}) => identifier(id)), ...unread, ...extra].join(', ')},
          coalesce(${[...reasons, 'null'].join(', ')}) as reason,
          {${content.join(', ')}} as content
        from (select *, ${read.join(', ')} from ${cells(landed.path, landed.layout, source.furniture)})
      )`);
    await findSkippedLines(db, landed, source.furniture);
  } catch (error) {
    throw readingFailure(landed, error);
  }
  await db.run(`alter table parsed add column line_number bigint`);
  await db.run(
    landed.layout.kind === 'fixed'
      ? `update parsed set line_number = ordinal`
      : `update parsed set line_number = ordinal + 1 + coalesce((
          select max(nth) from (select line_number - 1 - row_number() over (order by line_number) as rows_before,
            row_number() over (order by line_number) as nth from skipped_line)
          where rows_before < ordinal), 0)`,
  );
  if (source.pivot) await withhold(db, source.pivot, contract);
}

/** A row of a school needs the codes of the school and its district; a row of a district, those of the district. */
function organizationReasons(source: Source): string[] {
  if (!source.columns.some(({id}) => id === 'organization_level')) return [];
  return [
    `case when organization_level = 'school' and school_code is null then 'a school row without a school code' end`,
    `case when organization_level in ('school', 'district') and district_code is null then 'a row without a district code' end`,
  ];
}

/**
 * Counts that the publisher withholds come as 0 in a row with a suppression note, so that a 0 there can be either. It is a
 * withheld figure where the measures that share out the whole don't add up to it, and a real 0 where they do.
 */
async function withhold(db: Database, pivot: Pivot, contract: Contract): Promise<void> {
  if (!contract.positions.has('suppression_note')) return;
  const figure = (id: string) => `greatest(coalesce(${identifier(id)}, 0), 0)`;
  const whole = figure(pivot.whole);
  const notes = pivot.partitions.flatMap(({note}) => (note === undefined ? [] : [note]));
  const mentions = (note: string) => `contains(lower(suppression_note), ${literal(note)})`;
  const general = ['true', ...notes.map((note) => `not ${mentions(note)}`)].join(' and ');
  const empty = (id: string) => `coalesce(${identifier(id)}, 0) = 0`;
  const everything = `(${general}) and ${empty(pivot.whole)}`;
  const updates = pivot.partitions.flatMap(({parts, note}) => {
    const spoken = note === undefined ? general : `((${general}) or ${mentions(note)})`;
    const applies = `(${everything} or (${spoken} and ${parts.map(figure).join(' + ')} <> ${whole}))`;
    return parts.map(
      (id) => `${identifier(id)} = case when ${empty(id)} and ${applies} then withheld() else ${identifier(id)} end`,
    );
  });
  await db.run(`update parsed
    set ${[...updates, `${identifier(pivot.whole)} = case when ${everything} then withheld() else ${identifier(pivot.whole)} end`].join(', ')}
    where suppression_note is not null`);
}

/** The column of `parsed` that says whether a cell could not be read. */
export function unreadName({id}: Column): string {
  return identifier(`unread_${id}`);
}

/** Columns that only describe their row: what can't be read of them is null and counted, never a reject. */
export function descriptiveColumns(source: Source, contract: Contract): Column[] {
  return source.columns.filter(({id, kind}) => contract.positions.has(id) && (kind === 'date' || kind === 'number'));
}
