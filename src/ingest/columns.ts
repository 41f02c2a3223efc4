import {identifier, literal} from '../duckdb/database.ts';
import type {Column} from '../sources/source.ts';

/** Characters. Excel holds 32,767 in a cell, and no name is as long as this. */
const longestText = 1_000;

/**
 * DuckDB macros that convert the text of a cell to a value. Each returns null for a text it can't read. Whether that makes the
 * row a reject depends on the kind of column.
 */
export const cellMacros = `
-- A cell is empty if it holds nothing, blanks, or NULL in any case.
create macro cell(t) as case when length(t) > 8 or upper(trim(t)) not in ('', 'NULL') then t end;

create macro read_text(t) as case
  when length(t) > ${longestText} then null
  else case lower(trim(t)) when '' then null when 'null' then null else trim(t) end
end;

create macro only_digits(t) as ltrim(t, '0123456789') = '';

-- 2020-21, 2020-2021, 2020/21
create macro read_school_year(t) as case
  when regexp_full_match(trim(t), '\\d{4}\\s*[-/–]\\s*(\\d{2}|\\d{4})')
    and (cast(left(trim(t), 4) as integer) + 1) % 100 = cast(right(trim(t), 2) as integer)
  then left(trim(t), 4) || '-' || right(trim(t), 2)
end;

-- 2021 is 2020-21
create macro read_ending_year(t) as case
  when regexp_full_match(trim(t), '(19|20)\\d{2}(\\.0+)?')
  then printf('%d-%02d', cast(left(trim(t), 4) as integer) - 1, cast(left(trim(t), 4) as integer) % 100)
end;

create macro read_level(t) as case lower(trim(t))
  when 'school' then 'school'
  when 'district' then 'district'
  when 'lea' then 'district'
  when 'esd' then 'esd'
  when 'state' then 'state'
end;

-- Spreadsheets strip leading zeros, and write a code as ="17001", '17001, 17,001, 17001.0 or 1.7001E+04. The last only counts if
-- it gives every digit.
create macro code_digits(t) as case
  when regexp_full_match(t, '\\d+(\\.0+)?|\\d{1,3}(,\\d{3})+') then replace(regexp_replace(t, '\\.0+$', ''), ',', '')
  when regexp_full_match(t, '(?i)\\d\\.\\d+e\\+?\\d{1,2}')
    and length(regexp_extract(t, '\\.(\\d+)', 1)) = cast(regexp_extract(t, '\\d+$') as integer)
  then replace(regexp_extract(t, '^[\\d.]+'), '.', '')
end;
create macro read_code(t, width) as case
  when length(t) = width and only_digits(t) then t
  when length(code_digits(regexp_replace(trim(t), '^(="?|'')|"$', '', 'g'))) <= width
  then lpad(code_digits(regexp_replace(trim(t), '^(="?|'')|"$', '', 'g')), width, '0')
end;

-- The whole number, withheld() if the publisher withholds it, unreadable() otherwise.
create macro withheld() as -1;
create macro unreadable() as -2;

-- A number that the publisher prints but that is no count, in one integer: a 0 in place of a withheld count, or a number above 0
-- that may be a partial sum.
create macro doubt(n) as -3 - case when n > 2147483644 then 2147483644 else n end;
create macro get_known(n) as case when n >= 0 then n end;
create macro get_printed(n) as case when n >= 0 then n when n <= doubt(0) then -3 - n end;
create macro get_status(n) as case
  when n >= 0 then 'value' when n is null then 'missing' when n < doubt(0) then 'unknown' else 'suppressed' end;

create macro read_count(t) as case
  when cast(try_cast(t as uinteger) as varchar) = t then coalesce(try_cast(t as integer), unreadable())
  when t is null then null
  when only_digits(t) and t <> '' then coalesce(try_cast(t as integer), unreadable())
  when regexp_full_match(trim(t), '\\d+(\\.0+)?|\\d{1,3}(,\\d{3})+(\\.0+)?')
  then coalesce(try_cast(regexp_replace(replace(trim(t), ',', ''), '\\.0+$', '') as integer), unreadable())
  when regexp_full_match(trim(t), '(?i)\\*+|(n\\s*)?[<>≤≥]=?\\s*\\d+(\\.\\d+)?\\s*%?|suppressed.*|dat applied.*') then withheld()
  when cell(t) is null then null
  else unreadable()
end;

create macro read_number(t) as case when isfinite(try_cast(replace(t, ',', '') as double))
  then try_cast(replace(t, ',', '') as double) end;

create macro read_flag(t) as case
  when lower(trim(t)) in ('1', 'true', 'yes', 'y', '1.0') then true
  when lower(trim(t)) in ('0', 'false', 'no', 'n', '0.0') then false
end;

create macro read_date(t) as cast(try_strptime(trim(t), [
  '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S.%g', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%g',
  '%Y %b %d %I:%M:%S %p', '%m/%d/%y %H:%M', '%m/%d/%y', '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M',
  '%m/%d/%Y'
]) as date);

-- SEATTLE becomes Seattle; SeaTac is unchanged.
create macro read_place(t) as case
  when length(t) > ${longestText} then null
  when t = upper(t) then array_to_string(
    list_transform(string_split(lower(trim(t)), ' '), lambda word: upper(word[1]) || word[2:]), ' ')
  else trim(t)
end;

-- A DAT ("disclosure avoidance technique") that says nothing was withheld counts as empty.
create macro read_suppression(t) as case
  when regexp_full_match(trim(t), '(?i)none|no dat|no suppression|n/?a') then null else trim(t) end;

-- Labels and names are compared without case, spaces and punctuation.
create macro name_key(t) as regexp_replace(lower(t), '[^a-z0-9]', '', 'g');
`;

/** Writes the SQL expression that reads a column from the text of its cell, itself an SQL expression. */
export function readColumn({kind, width}: Column, cell: string): string {
  switch (kind) {
    case 'count':
      return `read_count(${cell})`;
    case 'text':
    case 'label':
      return `read_text(${cell})`;
    case 'code':
      return `read_code(cell(${cell}), ${width ?? 0})`;
    default:
      return `read_${kind}(cell(${cell}))`;
  }
}

/**
 * Writes the SQL expression for the reason why this column makes a row unusable, null if it doesn't.
 *
 * @param value the column's value, as an SQL expression
 * @param cell its text, as an SQL expression
 * @returns undefined if this column can't make a row unusable
 */
export function explainRejection(column: Column, value: string, cell: string): string | undefined {
  const quoted = `'"' || left(${cell}, 40) || '"'`;
  const tooLong = `longer than ${longestText} characters`;
  const expected: Partial<Record<Column['kind'], string>> = {
    school_year: 'not a school year such as 2020-21',
    ending_year: 'not the year in which a school year ends, such as 2021',
    level: 'none of School, District, LEA, ESD, State',
    code: `not a code of at most ${column.width} digits`,
    count: 'not a whole number of 0 or more',
    flag: 'neither 0 nor 1',
    text: tooLong,
    label: tooLong,
    place: tooLong,
  };
  const wanted = expected[column.kind];
  const unfit = column.kind === 'count' ? `${value} = unreadable()` : `${value} is null and ${cell} is not null`;
  const cases = [
    ...(column.needed ? [`when ${cell} is null then ${literal(`${column.label} is empty`)}`] : []),
    ...(wanted
      ? [`when ${unfit} then ${literal(`${column.label} is `)} || ${quoted} || ${literal(`, ${wanted}`)}`]
      : []),
  ];
  return cases.length === 0 ? undefined : `case ${cases.join(' ')} end`;
}

/** Writes the SQL expression for the text of a column at these positions of a file; at several, that of the first filled cell. */
export function selectCellAt(positions: readonly number[] = []): string {
  if (positions.length < 2) return positions.map(nameCell)[0] ?? 'null';
  return `coalesce(${positions.map((position) => `cell(${nameCell(position)})`).join(', ')})`;
}

/** Returns the SQL name of a file's column before it is read. */
export function nameCell(position: number): string {
  return identifier(`cell_${position}`);
}
