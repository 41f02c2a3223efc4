import {identifier, literal} from '../duckdb/database.ts';
import type {Check, Groups, Pivot, Source} from '../sources/source.ts';
import {
  type Comparison,
  getLabel,
  groupByOrganization,
  isTotalGrade,
  onlyWarns,
  organization,
  requireGroups,
  wideTable,
} from './figures.ts';
import {judgePlausibility} from './plausibility.ts';

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
      from: `(select p.*, in_table, rejected${pivot ? ', figures' : ''}
        from raw.source_partition as p
        left join ${counts(pivot?.rowTable ?? source.table, 'in_table')} using (school_year, landed_sha256)
        ${values}
        left join (select school_year, landed_sha256, count(*) as rejected from raw.rejected_row group by all) as r
          on r.school_year is not distinct from p.school_year and r.landed_sha256 = p.landed_sha256
        where source_id = ${literal(source.id)})`,
      fails: `rows_in <> coalesce(in_table, 0) + coalesce(rejected, 0)${figuresOff}`,
      place: `rows_in || ' rows in, ' || coalesce(in_table, 0) || ' loaded, ' || coalesce(rejected, 0) || ' rejected'`,
    },
    {
      name: 'rows_usable',
      description: 'every row can be used; those that cannot are in raw.rejected_row with their reason',
      ...onlyWarns,
      from: `(select school_year, null as kind, line_number, null as reason from raw.${identifier(pivot?.rowTable ?? source.table)}
        union all
        select school_year, kind, line_number, reason from raw.rejected_row where source_id = ${literal(source.id)})`,
      fails: `not ${isDuplicate}`,
      place: `'line ' || line_number || ': ' || reason`,
    },
  ];
}

/** Writes the condition that the organization `o` has unusable rows, so that its rows need not add up. */
function hasRejects(source: Source): string {
  return `exists (select 1 from raw.rejected_row as r where r.source_id = ${literal(source.id)} and not ${isDuplicate}
    and r.school_year = o.school_year and r.district_code is not distinct from o.district_code
    and r.school_code is not distinct from o.school_code)`;
}

/** The condition for rejects whose key another row has. They leave no gap. */
const isDuplicate = `kind in ('zero_twin', 'repetition')`;

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
      reads: wideTable,
      description: `${parts.map((id) => getLabel(source, id)).join(' + ')} = ${getLabel(source, whole)}${isPair ? '; where not, a 0 of the two is withheld' : ''}`,
      severity: tolerance < 1 ? 'error' : 'warn',
      tolerance,
      from: `(select * from (select *, ${parts.map((id) => `${read(id)}::bigint`).join(' + ')} as parts, ${read(whole)} as whole,
          least(${parts.map(read).join(', ')}) = 0 as is_withheld from ${wideTable})
        where parts is not null and whole is not null)`,
      fails: 'parts <> whole',
      ...(isPair && {withheld: 'is_withheld'}),
      place: `concat_ws(', ', ${organization}, grade) || ': ' || ${found} || ' (line ' || line_number || ')'`,
    };
  });
}

function listCheckComparisons(source: Source, check: Check, sources: readonly Source[]): Comparison[] {
  switch (check.kind) {
    case 'grades_add_up':
      return [compareGrades(source, check.tolerance)];
    case 'schools_add_up':
      return [compareSchools(source, check.tolerance)];
    case 'categories_add_up':
      return [compareCategories(source, requireGroups(source), check.tolerance)];
    case 'one_total':
      return [compareTotals(source, requireGroups(source), check.tolerance)];
    case 'total_given':
      return [requireTotals(source)];
    case 'region_named':
      return [requireRegion(source, check.flag)];
    case 'schools_found':
      return sources.filter(({id}) => check.in.includes(id)).flatMap((other) => lookUpSchools(source, other));
    default:
      return [judgePlausibility(source, check, sources)];
  }
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
    reads: wideTable,
    description: 'the grades of an organization add up to its all-grades row, in every group',
    severity: 'error',
    tolerance,
    from: `(select * from ${sumByMeasure(source, {groups: 'school_year, organization_level, district_code, school_code', isPart: 'not is_total', isWhole: 'is_total'})} as o
      where unknown_parts = 0 and parts is not null and whole is not null and not ${hasRejects(source)})`,
    fails: 'parts <> whole',
    place: `${organization} || ', ' || label || ': grades ' || parts || ', all grades ' || whole`,
  };
}

function compareSchools(source: Source, tolerance: number): Comparison {
  const level = (name: string) => `organization_level = '${name}'`;
  return {
    name: 'schools_add_up',
    reads: wideTable,
    description: 'the schools of a district add up to the row of the district, in every grade and group',
    severity: tolerance < 1 ? 'error' : 'warn',
    tolerance,
    from: `(select * from ${sumByMeasure(source, {groups: 'school_year, district_code, grade_key', isPart: level('school'), isWhole: level('district')})}
      where unknown_parts = 0 and parts is not null and whole is not null)`,
    fails: 'parts <> whole',
    place: `coalesce(district_name, 'district ' || district_code) || ', ' || grade || ', ' || label || ': schools ' || parts || ', district ' || whole`,
  };
}

function compareCategories(source: Source, {type, count, whole}: Groups, tolerance: number): Comparison {
  return {
    name: 'categories_add_up',
    description: 'the categories of a type (race/ethnicity, gender) add up to the total of the organization',
    severity: 'error',
    tolerance,
    from: `(select * from ${groupByOrganization(
      `raw.${identifier(source.table)}`,
      `${identifier(type)} as type, sum(${identifier(count)}) as parts, max(${identifier(whole)}) as whole,
        count(*) filter (${identifier(count)} is null) as unknown_parts`,
    )} as o
      where unknown_parts = 0 and whole is not null and not ${hasRejects(source)})`,
    fails: 'parts <> whole',
    place: `${organization} || ', ' || type || ': ' || parts || ' of ' || whole`,
  };
}

function compareTotals({table}: Source, {whole}: Groups, tolerance: number): Comparison {
  return {
    name: 'one_total',
    description: 'all rows of an organization give one and the same total',
    severity: 'error',
    tolerance,
    from: groupByOrganization(
      `raw.${identifier(table)}`,
      `count(distinct coalesce(${identifier(whole)}, -1)) as totals`,
    ),
    fails: 'totals > 1',
    place: `${organization} || ': ' || totals || ' different totals'`,
  };
}

/**
 * Requires the total of every organization: the all-grades row of a wide source, the number of a long one. Shares are relative
 * to it, so no ranking lists an organization without it.
 */
function requireTotals(source: Source): Comparison {
  const {table, pivot, groups} = source;
  const lacks = groups
    ? `max(${identifier(groups.whole)}) is null and count(${identifier(groups.count)}) > 0`
    : `not bool_or(${isTotalGrade(source, identifier(pivot?.grade?.column ?? ''))})`;
  return {
    name: 'total_given',
    description: `every organization ${groups ? 'with figures has a total' : 'has its all-grades row'}`,
    ...onlyWarns,
    from: groupByOrganization(`raw.${identifier(pivot?.rowTable ?? table)}`, `${lacks} as lacks_total`),
    fails: 'lacks_total',
    place: organization,
  };
}

/** A list without a school in the region answers no question. */
function requireRegion({table}: Source, flag: string): Comparison {
  return {
    name: 'region_named',
    description: 'the list counts schools to the region',
    severity: 'error',
    tolerance: 0,
    from: `(select school_year, bool_or(${identifier(flag)}) as has_region from raw.${identifier(table)} group by school_year)`,
    fails: 'not has_region',
    place: `'no school of the list is in the region'`,
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
      ...onlyWarns,
      from: `(${sought}
        select school_year, district_code, has_district, count(*) as schools
        from sought group by school_year, district_code, has_district)`,
      fails: 'not has_district',
      place: `'district ' || district_code || ' (schools of the list: ' || schools || ')'`,
    },
    {
      name: `schools_found_in_${suffix}`,
      description: `every school of the list has rows in ${other.title}, which may lack whole districts if it is not of the whole state`,
      severity: 'error',
      tolerance: 0.5,
      from: `(${sought}
        from sought
        where has_district
          or school_year in (select school_year from ${table} where organization_level = 'state')
          or school_year not in (select school_year from sought where has_district))`,
      fails: 'not is_found',
      place: `'school ' || school_code || ' of district ' || district_code || ' (line ' || line_number || ')'`,
    },
  ];
}
