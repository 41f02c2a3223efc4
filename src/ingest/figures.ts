import {identifier, literal} from '../duckdb/database.ts';
import {type Groups, normalizeName, type Pivot, type Source} from '../sources/source.ts';

/**
 * A comparison. A single failure, or a share of at most `tolerance`, counts as a mistake of the publisher and only warns, so that
 * the rest can be used. More failures have the given severity.
 */
export interface Comparison {
  name: string;
  description: string;
  severity: 'warn' | 'error';
  tolerance: number;
  /** The relation with a row for each thing compared, and the column `school_year`. */
  from: string;
  /** The condition that a row fails. */
  fails: string;
  /** The condition that a failure is a withheld count: those are counted and warn, but are never too many. */
  withheld?: string;
  /** The description of a row that fails. */
  place: string;
  /** The temporary table that it reads, if not only tables of `raw`. */
  reads?: typeof wideTable | typeof totalTable;
}

/** The severity and tolerance of a comparison that never stops a run. */
export const onlyWarns = {severity: 'warn', tolerance: 0} as const;

export const organizationColumns = 'organization_level, district_code, district_name, school_code, school_name';

/** The name of a row's organization. */
export const organization = `concat_ws(', ', coalesce(district_name, 'district ' || district_code),
  case when organization_level = 'school' then coalesce(school_name, 'school ' || school_code) else organization_level end)`;

/** Writes the relation with one row for each organization and, if some of the columns are no aggregates, each value of those. */
export function groupByOrganization(from: string, columns: string): string {
  return `(select school_year, organization_level, district_code, school_code, min(district_name) as district_name,
    min(school_name) as school_name, ${columns} from ${from} group by all)`;
}

export function getLabel({columns}: Pick<Source, 'columns'>, id: string): string {
  return columns.find((column) => column.id === id)?.label ?? id;
}

export function requireGroups({id, groups}: Source): Groups {
  if (groups === undefined) throw new Error(`${id} declares no groups`);
  return groups;
}

/** Writes the condition that a grade is the total of all grades. */
export function isTotalGrade({id, pivot}: Source, column: string): string {
  if (pivot?.grade === undefined) throw new Error(`${id} declares no grade column`);
  return `name_key(${column}) = ${literal(normalizeName(pivot.grade.total))}`;
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
    select school_year, ${organizationColumns}, ${grade} as grade, line_number,
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

/**
 * The temporary table of each organization's groups in every school year, all grades together: `label`, `figure` and `whole`, and
 * the two of the year before (`figure_before`, `whole_before`). It is small beside `wideTable`, so it holds all years.
 */
export const totalTable = 'total_figure';

export function writeTotalTable(source: Source): string {
  const year = 'cast(left(school_year, 4) as integer)';
  return `create temp table ${totalTable} as
    select * replace (case when follows then figure_before end as figure_before, case when follows then whole_before end as whole_before)
    from (
      select *, lag(figure) over years as figure_before, lag(whole) over years as whole_before,
        ${year} - lag(${year}) over years = 1 as follows
      from ${selectTotals(source)}
      window years as (partition by organization_level, district_code, school_code, group_key order by school_year)
    )`;
}

/**
 * Writes the relation of each organization's groups, all grades together. The whole is one of them (`is_whole`).
 *
 * @param onlyWhole whether to leave out the other groups of a wide source
 */
function selectTotals(source: Source, onlyWhole = false): string {
  const {pivot, groups, table} = source;
  const columns = `school_year, ${organizationColumns}`;
  if (groups) {
    // A release may spell a label otherwise than the one before.
    return `(select *, group_key = name_key(${literal(groups.total)} || ${literal(groups.total)}) as is_whole from (
        select ${columns}, name_key(${identifier(groups.type)} || ${identifier(groups.label)}) as group_key,
          ${identifier(groups.type)} || ', ' || ${identifier(groups.label)} as label,
          ${identifier(groups.count)} as figure, ${identifier(groups.whole)} as whole
        from raw.${identifier(table)}
      ))`;
  }
  if (pivot === undefined) throw new Error(`${source.id} declares neither groups nor measures`);
  // The second of two parts says the same as the first.
  const complements = pivot.breakdowns.flatMap(({parts}) => (parts.length === 2 ? parts.slice(1) : []));
  const measures = onlyWhole ? [pivot.whole] : pivot.measures.filter((id) => !complements.includes(id));
  const labels = measures.map((id) => literal(getLabel(source, id)));
  const whole = literal(getLabel(source, pivot.whole));
  return `(select ${columns}, label = ${whole} as is_whole, label as group_key, label, figure,
      max(case when label = ${whole} then figure end) over (partition by landed_sha256, line_number) as whole
    from (
      select landed_sha256, line_number, ${pivot.labelColumn} as label, ${pivot.countColumn} as figure
      from raw.${identifier(table)} where ${pivot.labelColumn} in (${labels.join(', ')})
    )
    join (from raw.${identifier(pivot.rowTable)} where ${isTotalGrade(source, identifier(pivot.grade?.column ?? ''))})
      using (landed_sha256, line_number))`;
}

/** Writes the relation of each organization's whole. */
export function selectWholes(source: Source): string {
  return groupByOrganization(selectTotals(source, true), 'max(whole) as whole');
}
