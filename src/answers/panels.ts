import {literal} from '../duckdb/database.ts';

/**
 * Selects what has changed for people of color in the districts and the region, on the same schools, since the first school year
 * in which both can be compared (`since`). Districts come first (`nth`).
 */
export function selectChanges(region: string, filter: string): string {
  const select = (organization: string, nth: number) =>
    `select ${organization}_name as name, ${nth} as nth, ${organization}_id as id, first_school_year_with_gap as since, *
      from marts.${organization}_trend
      where region_id = ${literal(region)} and ${filter} and demographic_group_id = 'of_color'
        and first_school_year_with_gap < school_year`;
  return `${select('district', 1)}
      union all by name
      ${select('region', 2)}`;
}

/**
 * Selects the schools that the change of a district or region leaves out, because they are not compared in both of its school
 * years.
 *
 * @param changes SQL that selects the `id` of a district or region, its `region_id`, and the years `since` and `school_year`
 */
export function selectUnmatchedSchools(changes: string): string {
  return `select changes.id, schools.school_id,
      max_by(coalesce(schools.school_name, schools.school_code), schools.school_year) as school_name
    from (${changes}) as changes
    join marts.schools as schools
      on schools.region_id = changes.region_id
      and changes.id in (schools.district_id, schools.region_id)
      and schools.school_year in (changes.school_year, changes.since)
    where (
      select count(*) from intermediate.int_school_composition as compared
      where compared.region_id = changes.region_id and compared.school_id = schools.school_id
        and compared.school_year in (changes.school_year, changes.since)
        and compared.demographic_group_id = 'of_color' and compared.is_compared
    ) < 2
    group by changes.id, schools.school_id`;
}
