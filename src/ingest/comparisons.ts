import {identifier, literal} from '../duckdb/database.ts';
import {type Check, normalizeName, type Pivot, type Source} from '../sources/source.ts';

/**
 * A comparison: a query with one row for each thing compared, and the columns `school_year`, `fails` and `place` (its description
 * if it fails). A single failure, or a share of at most `tolerance`, counts as a mistake of the publisher and only warns, so that
 * the rest can be used. More failures have the given severity.
 */
export interface Comparison {
  name: string;
  description: string;
  severity: 'warn' | 'error';
  tolerance: number;
  sql: string;
  /** Whether `sql` has a column `is_withheld`: failures of that kind are counted and warn, but are never too many. */
  hasWithheld?: boolean;
  /** Whether it reads the table of `writeWideTable`, which holds a few school years at a time. */
  isOfFigures?: boolean;
}

/** Lists all comparisons of a source's loaded rows. */
export function listComparisons(source: Source, sources: readonly Source[]): Comparison[] {
  return [
    ...listRowComparisons(source),
    ...(source.pivot ? listBreakdownComparisons(source, source.pivot) : []),
    ...source.checks.flatMap((check) => listCheckComparisons(source, check, sources)),
  ];
}

/** Lists the comparisons that show that no row was lost: rows in = rows loaded + rows rejected. */
function listRowComparisons(source: Source): Comparison[] {
  const {pivot} = source;
  const counts = (table: string, as: string) =>
    `(select school_year, landed_sha256, count(*) as ${as} from raw.${identifier(table)} group by all)`;
  const values = pivot ? `left join ${counts(source.table, 'figures')} using (school_year, landed_sha256)` : '';
  const figuresOff = pivot ? ` or coalesce(figures, 0) <> coalesce(in_table, 0) * ${pivot.measures.length}` : '';
  return [
    {
      name: 'rows_reconcile',
      description: 'rows in = rows loaded + rows rejected',
      severity: 'error',
      tolerance: 0,
      sql: `select p.school_year,
          rows_in <> coalesce(in_table, 0) + coalesce(rejected, 0)${figuresOff} as fails,
          rows_in || ' rows in, ' || coalesce(in_table, 0) || ' loaded, ' || coalesce(rejected, 0) || ' rejected' as place
        from raw.source_partition as p
        left join ${counts(pivot?.rowTable ?? source.table, 'in_table')} using (school_year, landed_sha256)
        ${values}
        left join (select school_year, landed_sha256, count(*) as rejected from raw.rejected_row group by all) as r
          on r.school_year is not distinct from p.school_year and r.landed_sha256 = p.landed_sha256
        where source_id = ${literal(source.id)}`,
    },
    {
      name: 'rows_usable',
      description: 'every row can be used; those that cannot are in raw.rejected_row with their reason',
      severity: 'warn',
      tolerance: 0,
      sql: `select school_year, false as fails, null as place from raw.${identifier(pivot?.rowTable ?? source.table)}
        union all
        select school_year, not ${isDuplicate}, 'line ' || line_number || ': ' || reason
        from raw.rejected_row where source_id = ${literal(source.id)}`,
    },
  ];
}

/** The name of a row's organization. */
const organization = `concat_ws(', ', coalesce(district_name, 'district ' || district_code),
  case when organization_level = 'school' then coalesce(school_name, 'school ' || school_code) else organization_level end)`;

/** Writes the condition that the organization `o` has unusable rows, so that its rows need not add up. */
function hasRejects(source: Source): string {
  return `exists (select 1 from raw.rejected_row as r where r.source_id = ${literal(source.id)} and not ${isDuplicate}
    and r.school_year = o.school_year and r.district_code is not distinct from o.district_code
    and r.school_code is not distinct from o.school_code)`;
}

/** The condition for rejects whose key another row has. They leave no gap. */
const isDuplicate = `kind in ('zero_twin', 'repetition')`;

function getLabel({columns}: Pick<Source, 'columns'>, id: string): string {
  return columns.find((column) => column.id === id)?.label ?? id;
}

/**
 * Lists the comparisons among the figures of one row. Those of a pair compare what the publisher prints, and give no figures,
 * because their difference can be a withheld count.
 */
function listBreakdownComparisons(source: Source, {breakdowns, whole}: Pivot): Comparison[] {
  return breakdowns.map(({name, parts, tolerance, isPair = false}) => {
    const read = (id: string) => `${isPair ? 'get_printed' : 'get_known'}(${identifier(id)})`;
    const found = isPair
      ? `case when is_withheld then 'withheld' else 'does not add up' end`
      : `parts || ' of ' || whole`;
    return {
      name: `${name}_adds_up`,
      isOfFigures: true,
      hasWithheld: isPair,
      description: `${parts.map((id) => getLabel(source, id)).join(' + ')} = ${getLabel(source, whole)}${isPair ? '; where not, a 0 of the two is withheld' : ''}`,
      severity: tolerance < 1 ? 'error' : 'warn',
      tolerance,
      sql: `select school_year, parts <> whole as fails, is_withheld,
          case when parts <> whole then concat_ws(', ', ${organization}, grade) || ': ' || ${found} || ' (line ' || line_number || ')' end as place
        from (select *, ${parts.map((id) => `${read(id)}::bigint`).join(' + ')} as parts, ${read(whole)} as whole,
          least(${parts.map(read).join(', ')}) = 0 as is_withheld from ${wideTable})
        where parts is not null and whole is not null`,
    };
  });
}

/** The temporary table of a wide source's loaded rows, with one column for each measure again, as `get_known` and `get_printed` read it. */
export const wideTable = 'wide_row';

/**
 * Writes the statement that creates `wideTable`. All comparisons of figures share one table, since widening is most of the work;
 * it holds only some school years, since all of them may not fit into memory.
 */
export function writeWideTable(source: Source & {pivot: Pivot}, schoolYears: readonly string[]): string {
  const {pivot, table} = source;
  const grade = pivot.grade === undefined ? 'null::varchar' : identifier(pivot.grade.column);
  const figures = pivot.measures.map(
    (id) =>
      `max(case when ${pivot.labelColumn} = ${literal(getLabel(source, id))} then figure end) as ${identifier(id)}`,
  );
  // Literals, not a bound list, because DuckDB prunes a scan only for literals.
  const isOfThese = `school_year in (${schoolYears.map(literal).join(', ')})`;
  return `create temp table ${wideTable} as
    select school_year, organization_level, district_code, district_name, school_code, school_name, ${grade} as grade, line_number,
      ${pivot.measures.map(identifier).join(', ')}
    from (from raw.${identifier(pivot.rowTable)} where ${isOfThese})
    join (
      select landed_sha256, line_number, ${figures.join(', ')}
      from (
        select landed_sha256, line_number, ${pivot.labelColumn}, coalesce(${pivot.countColumn}, doubt(${pivot.printedColumn})) as figure
        from raw.${identifier(table)} where ${isOfThese}
      )
      group by landed_sha256, line_number
    ) using (landed_sha256, line_number)`;
}

function listCheckComparisons(source: Source, check: Check, sources: readonly Source[]): Comparison[] {
  switch (check.kind) {
    case 'grades_add_up':
      return [compareGrades(source, check.tolerance)];
    case 'total_row_given':
      return [requireTotalRow(source)];
    case 'schools_add_up':
      return [compareSchools(source, check.tolerance)];
    case 'categories_add_up':
      return [compareCategories(source, check)];
    case 'one_total':
      return [compareTotals(source, check)];
    case 'total_given':
      return [requireTotals(source, check)];
    case 'region_named':
      return [requireRegion(source, check.flag)];
    case 'schools_found':
      return sources.filter(({id}) => check.in.includes(id)).flatMap((other) => lookUpSchools(source, other));
  }
}

/** Writes the condition that a grade is the total of all grades. */
function isTotalGrade({id, pivot}: Source, column: string): string {
  if (pivot?.grade === undefined) throw new Error(`${id} declares no grade column`);
  return `name_key(${column}) = ${literal(normalizeName(pivot.grade.total))}`;
}

/** Writes the relation with, for each group and measure, the sum of the parts, the number of unknown parts, and the whole. */
function sumByMeasure(
  source: Source,
  {groups, isPart, isWhole}: {groups: string; isPart: string; isWhole: string},
): string {
  const sums = (source.pivot?.measures ?? []).map((id) => {
    const figure = `get_known(${identifier(id)})`;
    return `{label: ${literal(getLabel(source, id))}, parts: sum(${figure}) filter (${isPart}),
      unknown_parts: count(*) filter (${isPart} and ${figure} is null), whole: max(${figure}) filter (${isWhole})}`;
  });
  return `(select * exclude (sums), unnest(sums, recursive := true) from (
    select ${groups}, any_value(district_name) as district_name, any_value(school_name) as school_name,
      any_value(grade) as grade, [${sums.join(', ')}] as sums
    from (select *, ${isTotalGrade(source, 'grade')} as is_total, name_key(grade) as grade_key from ${wideTable})
    group by ${groups}
  ))`;
}

function compareGrades(source: Source, tolerance: number): Comparison {
  return {
    name: 'grades_add_up',
    isOfFigures: true,
    description: 'the grades of an organization add up to its all-grades row, in every group',
    severity: 'error',
    tolerance,
    sql: `select school_year, parts <> whole as fails,
        case when parts <> whole then ${organization} || ', ' || label || ': grades ' || parts || ', all grades ' || whole end as place
      from ${sumByMeasure(source, {groups: 'school_year, organization_level, district_code, school_code', isPart: 'not is_total', isWhole: 'is_total'})} as o
      where unknown_parts = 0 and parts is not null and whole is not null and not ${hasRejects(source)}`,
  };
}

function compareSchools(source: Source, tolerance: number): Comparison {
  const level = (name: string) => `organization_level = '${name}'`;
  return {
    name: 'schools_add_up',
    isOfFigures: true,
    description: 'the schools of a district add up to the row of the district, in every grade and group',
    severity: tolerance < 1 ? 'error' : 'warn',
    tolerance,
    sql: `select school_year, parts <> whole as fails,
        case when parts <> whole then coalesce(district_name, 'district ' || district_code) || ', ' || grade || ', ' || label || ': schools ' || parts || ', district ' || whole end as place
      from ${sumByMeasure(source, {groups: 'school_year, district_code, grade_key', isPart: level('school'), isWhole: level('district')})}
      where unknown_parts = 0 and parts is not null and whole is not null`,
  };
}

/** Writes the relation with one row for each organization and, if some of the columns are no aggregates, each value of those. */
function groupByOrganization(table: string, columns: string): string {
  return `(select school_year, organization_level, district_code, school_code, any_value(district_name) as district_name,
    any_value(school_name) as school_name, ${columns} from raw.${identifier(table)} group by all)`;
}

function compareCategories(
  source: Source,
  {category, part, whole, tolerance}: Check & {kind: 'categories_add_up'},
): Comparison {
  return {
    name: 'categories_add_up',
    description: 'the categories of a type (race/ethnicity, gender) add up to the total of the organization',
    severity: 'error',
    tolerance,
    sql: `select school_year, parts <> whole as fails,
        case when parts <> whole then ${organization} || ', ' || type || ': ' || parts || ' of ' || whole end as place
      from ${groupByOrganization(
        source.table,
        `${identifier(category)} as type, sum(${identifier(part)}) as parts, max(${identifier(whole)}) as whole,
          count(*) filter (${identifier(part)} is null) as unknown_parts`,
      )} as o
      where unknown_parts = 0 and whole is not null and not ${hasRejects(source)}`,
  };
}

function compareTotals(source: Source, {whole, tolerance}: Check & {kind: 'one_total'}): Comparison {
  return {
    name: 'one_total',
    description: 'all rows of an organization give one and the same total',
    severity: 'error',
    tolerance,
    sql: `select school_year, totals > 1 as fails,
        case when totals > 1 then ${organization} || ': ' || totals || ' different totals' end as place
      from ${groupByOrganization(source.table, `count(distinct coalesce(${identifier(whole)}, -1)) as totals`)}`,
  };
}

/** Shares are relative to the published total. An organization without a total has no shares, so no ranking lists it. */
function requireTotals(source: Source, {part, whole}: Check & {kind: 'total_given'}): Comparison {
  return createTotalComparison(
    source.table,
    'every organization with figures has a total',
    `max(${identifier(whole)}) is null and count(${identifier(part)}) > 0`,
  );
}

function requireTotalRow(source: Source): Comparison {
  const {table, pivot} = source;
  return createTotalComparison(
    pivot?.rowTable ?? table,
    'every organization has its all-grades row',
    `not bool_or(${isTotalGrade(source, identifier(pivot?.grade?.column ?? ''))})`,
  );
}

/** @param lacks an SQL aggregate over the rows of an organization, true if the total is missing */
function createTotalComparison(table: string, description: string, lacks: string): Comparison {
  return {
    name: 'total_given',
    description,
    severity: 'warn',
    tolerance: 0,
    sql: `select school_year, lacks_total as fails, case when lacks_total then ${organization} end as place
      from ${groupByOrganization(table, `${lacks} as lacks_total`)}`,
  };
}

/** A list without a school in the region answers no question. */
function requireRegion(list: Source, flag: string): Comparison {
  return {
    name: 'region_named',
    description: 'the list counts schools to the region',
    severity: 'error',
    tolerance: 0,
    sql: `select school_year, not bool_or(${identifier(flag)}) as fails, 'no school of the list is in the region' as place
      from raw.${identifier(list.table)} group by school_year`,
  };
}

/**
 * Looks up the districts and schools of the list in the list's year or, if the other source lacks that year, in every year it
 * has. A file without the state's own row may cover some districts only, so a missing district only warns, and the schools of
 * the others must be there. If no district of the list is there, the codes don't match, and every school counts as missing.
 */
function lookUpSchools(list: Source, other: Source): Comparison[] {
  const table = `raw.${identifier(other.pivot?.rowTable ?? other.table)}`;
  const suffix = other.id.replaceAll('-', '_');
  const sought = `with published as (
      select distinct school_year, district_code, school_code from ${table} where organization_level = 'school'
    ),
    sought as (
      select years.school_year, list.district_code, list.school_code, list.line_number,
        published.school_code is not null as is_found,
        list.district_code in (select district_code from published as p where p.school_year = years.school_year) as has_district
      from raw.${identifier(list.table)} as list
      join (select distinct school_year from published) as years
        on years.school_year = list.school_year
        or list.school_year not in (select school_year from published)
      left join published
        on published.school_year = years.school_year and published.district_code = list.district_code
        and published.school_code = list.school_code
    )`;
  return [
    {
      name: `districts_found_in_${suffix}`,
      description: `every district of the list has schools in ${other.title}`,
      severity: 'warn',
      tolerance: 0,
      sql: `${sought}
        select school_year, not has_district as fails,
          'district ' || district_code || ' (schools of the list: ' || count(*) || ')' as place
        from sought group by school_year, district_code, has_district`,
    },
    {
      name: `schools_found_in_${suffix}`,
      description: `every school of the list has rows in ${other.title}, which may lack whole districts if it is not of the whole state`,
      severity: 'error',
      tolerance: 0.5,
      sql: `${sought}
        select school_year, not is_found as fails,
          'school ' || school_code || ' of district ' || district_code || ' (line ' || line_number || ')' as place
        from sought
        where has_district
          or school_year in (select school_year from ${table} where organization_level = 'state')
          or school_year not in (select school_year from sought where has_district)`,
    },
  ];
}
