import {type Database, identifier, literal} from '../duckdb/database.ts';
import type {Column, Source} from '../sources/source.ts';
import {explainRejection, nameCell, readColumn, selectCellAt} from './columns.ts';
import type {Landed} from './land.ts';
import type {HeaderMatch} from './recognize.ts';
import {countBrokenLines, explainReadError, findSkippedLines, selectCells, selectRecordNumber} from './scan.ts';

/**
 * Reads a file into two temporary tables: `parsed` (typed rows, with a `reason` if a row is unusable) and `skipped_line`.
 *
 * @throws Failure if DuckDB can't parse the file at all
 */
export async function readRows(db: Database, source: Source, landed: Landed, contract: HeaderMatch): Promise<void> {
  const selectSourceCell = ({id}: Column) => selectCellAt(contract.positions.get(id));
  const selectCell = (column: Column) =>
    column.kind === 'count' ? selectSourceCell(column) : `cell(${selectSourceCell(column)})`;
  const read = source.columns.map(
    (column) => `${readColumn(column, selectSourceCell(column))} as ${identifier(column.id)}`,
  );
  const present = source.columns.filter(({id}) => contract.positions.has(id));
  const conflicts = listConflicts(present, landed, contract);
  const reasons = [
    ...present.map((column) => explainRejection(column, identifier(column.id), selectCell(column))),
    ...conflicts,
    ...listOrganizationReasons(source),
  ].filter((reason) => reason !== undefined);
  const names = makeDistinctNames(landed.layout.header);
  const content = names.map((name, position) => `${literal(name)}: ${nameCell(position)}`);
  const allCells = names.map((_, position) => nameCell(position)).join(', ');
  const unread = listDescriptiveColumns(source, contract).map(
    (column) => `${identifier(column.id)} is null and ${selectCell(column)} is not null as ${nameUnreadFlag(column)}`,
  );
  const extra = contract.unknown.map(({position}) => nameCell(position));

  try {
    // Nearly every row is valid and takes only the first, fast branch.
    await db.run(`create temp table parsed as
      select
        ordinal, ${[...source.columns.map(({id}) => identifier(id)), ...unread, ...extra].join(', ')}, is_empty,
        case when not is_empty then reason end as reason,
        case when reason is not null then to_json({${content.join(', ')}}) end as content
      from (
        select *,
          case when is_suspect then ${isEmpty(allCells, source.furniture)} else false end as is_empty,
          case when is_suspect then coalesce(${[...reasons, 'null'].join(', ')}) end as reason
        from (
          select *, ${isSuspect(source, present, selectCell, conflicts)} as is_suspect
          from (select *, ${read.join(', ')} from ${selectCells(landed, source.furniture)})
        )
      )`);
    await findSkippedLines(db, landed, source.furniture);
  } catch (error) {
    throw explainReadError(landed, error);
  }
  await db.run(
    `alter table parsed add column line_number bigint; alter table parsed add column kind varchar; update parsed set line_number = ${selectRecordNumber(landed)}`,
  );
  for (const table of ['parsed', 'skipped_line']) await countBrokenLines(db, table, landed);
  await db.run(`insert into skipped_line by name
    select line_number, '-' as content, false as is_unread, null as reason from parsed where is_empty;
    delete from parsed where is_empty`);
}

/** Lists the reasons for columns that a row gives under two names, with different values. */
function listConflicts(present: readonly Column[], {layout}: Landed, {positions}: HeaderMatch): string[] {
  return present.flatMap((column) => {
    const places = positions.get(column.id) ?? [];
    const pairs = places.flatMap((one, index) => places.slice(index + 1).map((other) => [one, other] as const));
    const quote = (position: number) =>
      `${literal(`${layout.header[position]} is "`)} || left(${nameCell(position)}, 40) || '"'`;
    return pairs.map(
      ([one, other]) => `case when cell(${nameCell(one)}) is not null and cell(${nameCell(other)}) is not null
        and ${readColumn(column, nameCell(one))} is distinct from ${readColumn(column, nameCell(other))}
        then ${quote(one)} || ' and ' || ${quote(other)} || ', and nothing says which is right' end`,
    );
  });
}

/** Writes the condition that a row may be invalid, a cheap test before the exact reason. An empty row lacks a needed column. */
function isSuspect(
  source: Source,
  present: readonly Column[],
  selectCell: (column: Column) => string,
  conflicts: readonly string[],
): string {
  const counts = present.filter(({kind}) => kind === 'count').map(({id}) => identifier(id));
  const others = present.filter((column) => column.kind !== 'count' && explainRejection(column, '', '') !== undefined);
  return [
    ...others.map((column) =>
      column.needed
        ? `${identifier(column.id)} is null`
        : `(${identifier(column.id)} is null and ${selectCell(column)} is not null)`,
    ),
    ...(counts.length > 0 ? [`coalesce(least(${counts.join(', ')}) = unreadable(), false)`] : []),
    ...present.filter(({kind, needed}) => kind === 'count' && needed).map(({id}) => `${identifier(id)} is null`),
    ...[...conflicts, ...listOrganizationReasons(source)].map((reason) => `${reason} is not null`),
  ].join(' or ');
}

/** Writes the condition that a row is empty, or is only the rule that SQL Server's tools print under the header. */
function isEmpty(allCells: string, furniture: string | undefined): string {
  const text = `trim(concat_ws('', ${allCells}))`;
  return furniture === undefined ? `${text} = ''` : `(${text} = '' or regexp_matches(${text}, ${literal(furniture)}))`;
}

/** Makes the header's labels unique. Like DuckDB, ignores case. */
function makeDistinctNames(header: readonly string[]): string[] {
  return header.map((label, position) => {
    const isFirst = header.findIndex((other) => other.toLowerCase() === label.toLowerCase()) === position;
    return label === '' || !isFirst ? `${label} (column ${position + 1})`.trim() : label;
  });
}

/** Lists the reasons for missing codes. A school's row needs the codes of school and district, a district's row its own. */
function listOrganizationReasons(source: Source): string[] {
  if (!source.columns.some(({id}) => id === 'organization_level')) return [];
  return [
    `case when organization_level = 'school' and school_code is null then 'a school row without a school code' end`,
    `case when organization_level in ('school', 'district') and district_code is null then 'a row without a district code' end`,
  ];
}

/**
 * Writes the expressions of a wide source's counts, by id, with a mark on numbers that are no counts. The publisher writes a
 * withheld count as 0, but a 0 can be real, too.
 * - A pair that doesn't add up to the whole, or with a mark such as `*`: a 0 is withheld, and what is above 0 may be a partial sum.
 * - In a row with a suppression note, a 0 or a blank is withheld if its breakdown doesn't add up, or if the whole is 0 or blank.
 *
 * A blank without a note is missing, and says nothing about the other part of its pair.
 */
export function markDoubts({columns, pivot}: Source): Map<string, string> {
  if (pivot === undefined) return new Map();
  const note = columns.find(({kind}) => kind === 'suppression');
  const notes = pivot.breakdowns.flatMap(({note}) => (note === undefined ? [] : [note]));
  const mentions = (words: string) => `contains(lower(${identifier(note?.id ?? '')}), ${literal(words)})`;
  const general = ['true', ...notes.map((words) => `not ${mentions(words)}`)].join(' and ');
  const whole = identifier(pivot.whole);
  const isEmpty = (count: string) => `coalesce(${count}, 0) = 0`;
  const figure = (count: string) => `greatest(coalesce(${count}, 0), 0)::bigint`;
  const mark = (count: string, withNote: string, ofPair?: string) => {
    const cases = [
      ...(ofPair ? [`when ${count} >= 0 and (${ofPair}) then doubt(${count})`] : []),
      ...(note
        ? [
            `when ${identifier(note.id)} is not null and ${ofPair ? `coalesce(${count}, 0) >= 0` : isEmpty(count)} and (${withNote})
              then coalesce(doubt(${count}), withheld())`,
          ]
        : []),
    ];
    return cases.length === 0 ? count : `case ${cases.join(' ')} else ${count} end`;
  };
  const everything = `(${general}) and ${isEmpty(whole)}`;
  const marked = pivot.breakdowns.flatMap(({parts, note, isPair = false}) => {
    const counts = parts.map(identifier);
    const covers = note === undefined ? general : `((${general}) or ${mentions(note)})`;
    const withNote = `(${everything}) or (${covers} and ${counts.map(figure).join(' + ')} <> ${figure(whole)})`;
    // A comparison with a blank is null, which is no doubt. `least` skips blanks.
    const ofPair = `least(${counts.join(', ')}) = withheld()
      or (least(${[...counts, whole].join(', ')}) >= 0 and ${counts.map((count) => `${count}::bigint`).join(' + ')} <> ${whole})`;
    return parts.map((id): [string, string] => [id, mark(identifier(id), withNote, isPair ? ofPair : undefined)]);
  });
  return new Map([...marked, [pivot.whole, mark(whole, everything)]]);
}

/** Returns the column of `parsed` that flags an unreadable cell. */
export function nameUnreadFlag({id}: Column): string {
  return identifier(`unread_${id}`);
}

/** Lists the columns that only describe their row. Their unreadable cells become null and are counted, but cause no reject. */
export function listDescriptiveColumns(source: Source, contract: HeaderMatch): Column[] {
  return source.columns.filter(({id, kind}) => contract.positions.has(id) && (kind === 'date' || kind === 'number'));
}
