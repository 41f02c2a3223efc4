import {identifier, literal} from '../duckdb/database.ts';
import type {PlausibilityCheck, Source} from '../sources/source.ts';
import {
  type Comparison,
  getLabel,
  groupByOrganization,
  onlyWarns,
  organization,
  organizationColumns,
  requireGroups,
  selectWholes,
  totalTable,
} from './figures.ts';

/**
 * Writes the comparison for figures that add up and still can't be taken as they are. Such figures can be right, so it only warns.
 * A sample names no count of a group, since samples are published and some counts are small.
 */
export function judgePlausibility(source: Source, check: PlausibilityCheck, sources: readonly Source[]): Comparison {
  return {...onlyWarns, ...write(source, check, sources)};
}

/** The most by which arithmetic with floating point is off. */
const floatError = 1e-9;

function write(
  source: Source,
  check: PlausibilityCheck,
  sources: readonly Source[],
): Omit<Comparison, 'severity' | 'tolerance'> {
  switch (check.kind) {
    case 'groups_vary':
      return {
        name: check.kind,
        description: `no group is withheld, or one and the same number, at all organizations of a level (${check.least} or more)`,
        reads: totalTable,
        from: `(select school_year, organization_level, min(label) as label, count(*) as organizations,
            count(figure) as known, min(figure) as lowest, max(figure) as highest
          from ${totalTable} group by school_year, organization_level, group_key
          having count(*) >= ${check.least} and count(figure) not between 1 and ${check.least - 1})`,
        fails: 'known = 0 or lowest = highest',
        place: `label || ': ' || case when known = 0 then 'withheld or missing in all ' || organizations || ' ' || organization_level || ' rows'
          else case when lowest = 0 then '0' else 'the same number' end || ' in all ' || known || ' ' || organization_level || ' rows that have one' end`,
      };
    case 'totals_steady':
      return {
        name: check.kind,
        description: `${getLabel(source, getWhole(source))} changes by at most ${formatPercent(check.change)} from one year to the next, where one of them is ${check.least} or more`,
        reads: totalTable,
        from: `(select distinct school_year, ${organizationColumns}, whole, whole_before from ${totalTable}
          where (whole >= ${check.least} or whole_before >= ${check.least}) and whole + whole_before is not null)`,
        fails: `abs(whole - whole_before) > ${check.change} * whole_before`,
        place: `${organization} || ': ' || whole_before || ' the year before, then ' || whole`,
      };
    case 'shares_steady':
      return {
        name: check.kind,
        description: `no group's share changes by ${check.points} points or more from one year to the next, where ${getLabel(source, getWhole(source))} is ${check.least} or more`,
        reads: totalTable,
        from: `(select *, 100 * (figure / whole - figure_before / whole_before) as shift from ${totalTable}
          where not is_whole and whole >= ${check.least} and whole_before >= ${check.least}
            and figure + figure_before is not null)`,
        fails: `abs(shift) >= ${check.points} - ${floatError}`,
        place: `${organization} || ', ' || label || case when shift > 0 then ': up ' else ': down ' end
          || cast(abs(shift) as integer) || ' points'`,
      };
    case 'levels_steady':
      return {
        name: check.kind,
        description: `no group's share in the same organizations changes by ${check.points} points and ${formatPercent(check.change)} of itself (of the rest, if that is smaller) or more from one year to the next, among ${check.least} people or more`,
        reads: totalTable,
        from: `(select school_year, organization_level, min(label) as label,
            sum(figure) / sum(whole) as share, sum(figure_before) / sum(whole_before) as share_before
          from ${totalTable}
          where not is_whole and figure + figure_before + whole + whole_before is not null
          group by school_year, organization_level, group_key
          having least(sum(whole), sum(whole_before)) >= ${check.least})`,
        fails: `abs(share - share_before) >= greatest(${check.points} / 100, ${check.change} * least(share_before, 1 - share_before))
          - ${floatError}`,
        place: `label || ' in the ' || organization_level || ' rows: ' || printf('%.1f%% the year before, then %.1f%%', 100 * share_before, 100 * share)`,
      };
    case 'total_given_beside': {
      const other = sources.find(({id}) => id === check.source);
      if (other === undefined) throw new Error(`${source.id}: no source "${check.source}"`);
      return {
        name: `${check.kind}_${check.source.replaceAll('-', '_')}`,
        description: `a school with ${check.least} or more in ${other.title} has a total`,
        from: `(select own.*, beside.whole as beside
          from ${selectWholes(source)} as own
          join ${selectWholes(other)} as beside using (school_year, organization_level, district_code, school_code)
          where organization_level = 'school' and beside.whole >= ${check.least})`,
        fails: 'whole is null',
        place: `${organization} || ': ' || beside || ' in ' || ${literal(other.title)}`,
      };
    }
    case 'quotient_matches':
      return compareQuotient(source, check);
    case 'types_match_total':
      return compareTypes(source, check);
    case 'coordinates_differ':
      return {
        name: check.kind,
        description: 'no two schools of the list are at the same coordinates',
        from: `(select *, count(*) over (partition by school_year, latitude, longitude) as schools
          from raw.${identifier(source.table)} where latitude is not null and longitude is not null)`,
        fails: 'schools > 1',
        place: `latitude || ', ' || longitude || ': school ' || school_code || ' of district ' || district_code || ' (line ' || line_number || ')'`,
      };
  }
}

function getWhole(source: Source): string {
  return source.pivot?.whole ?? requireGroups(source).whole;
}

function formatPercent(share: number): string {
  return `${100 * share}%`;
}

/** Compares a published share or average with its two columns, in every row. Some releases round to more decimals than others. */
function compareQuotient(
  source: Source,
  {quotient, dividend, divisor, rounding}: PlausibilityCheck & {kind: 'quotient_matches'},
): Omit<Comparison, 'severity' | 'tolerance'> {
  const {type, label} = requireGroups(source);
  const isRounded = source.columns.find(({id}) => id === dividend)?.kind === 'number';
  const text = `cast(${identifier(quotient)} as varchar)`;
  const decimals = `(length(${text}) - strpos(${text}, '.'))`;
  const deviation = `abs(${identifier(quotient)} - ${identifier(dividend)} / ${identifier(divisor)})`;
  return {
    name: `${quotient}_matches`,
    description: `${getLabel(source, quotient)} = ${getLabel(source, dividend)} / ${getLabel(source, divisor)}, rounded`,
    from: `(select *, ${deviation} as deviation, least(${rounding}, 0.5 / pow(10, ${decimals}))${isRounded ? ` + ${rounding} / ${identifier(divisor)}` : ''} as allowed
      from raw.${identifier(source.table)} where ${identifier(divisor)} > 0 and ${deviation} is not null)`,
    fails: `deviation > allowed + ${floatError}`,
    place: `concat_ws(', ', ${organization}, ${identifier(type)}, ${identifier(label)}) || ' (line ' || line_number || ')'`,
  };
}

/** Compares the sum over a type's groups with the row for everybody. A group of nobody has no figure and counts as 0. */
function compareTypes(
  source: Source,
  {part, rounding}: PlausibilityCheck & {kind: 'types_match_total'},
): Omit<Comparison, 'severity' | 'tolerance'> {
  const {type, total, count} = requireGroups(source);
  const ofEverybody = `name_key(${identifier(type)}) = name_key(${literal(total)})`;
  return {
    name: `${part}_adds_up`,
    description: `the ${getLabel(source, part)} of a type's categories (race/ethnicity, gender) adds up to that of everybody`,
    from: `(select * from (
        select *, max(everybody) over (partition by school_year, organization_level, district_code, school_code) as whole
        from ${groupByOrganization(
          `raw.${identifier(source.table)}`,
          `${identifier(type)} as type, sum(${identifier(part)}) as parts, count(${identifier(part)}) as known,
            count(*) filter (${identifier(part)} is null and ${identifier(count)} is distinct from 0) as unknown,
            max(case when ${ofEverybody} then ${identifier(part)} end) as everybody`,
        )}
      ) where everybody is null and unknown = 0 and parts is not null and whole is not null)`,
    fails: `abs(parts - whole) > ${rounding} * (known + 1) + ${floatError}`,
    place: `${organization} || ', ' || type || case when whole > 0 then ': ' || cast(100 * parts / whole as integer) || '% of it' else '' end`,
  };
}
