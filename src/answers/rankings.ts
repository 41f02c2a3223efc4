import type {Size} from '../words/rankings.ts';
import {filterYearAndRegion} from './regions.ts';

/** A ranking of schools, and the mart that lists the first of them. */
export interface Ranking {
  mart: string;
  /** The whole ranking, in `intermediate`. */
  ranking: string;
  /** The columns that tell its lists apart in a region and school year. */
  list: string;
  /** The column that is ranked. */
  value: string;
}

interface Options extends Size {
  region: string;
}

/** Returns the SQL condition that a row is of a school of the year and region that is large enough. */
export function filterSchools(year: string, options: Options): string {
  const all = filterYearAndRegion(year, options.region);
  return isLimited(options) ? `${all} and school_id in (${selectLarge(year, options)})` : all;
}

/** Selects the schools that are large enough. A number that is not known counts as 0. */
export function selectLarge(year: string, {region, minStudents = 0, minTeachers = 0}: Options): string {
  return `select school_id from marts.schools where ${filterYearAndRegion(year, region)}
      and coalesce(all_students_count, 0) >= ${minStudents} and coalesce(teacher_count, 0) >= ${minTeachers}`;
}

/**
 * Returns the first schools of a ranking, to select from: the mart, or, if the small schools are left out, the same columns with
 * the ranks among the others. The order is that of the whole ranking.
 */
export function selectFirst({mart, ranking, list, value}: Ranking, year: string, options: Options): string {
  if (!isLimited(options)) return `marts.${mart}`;
  const top = `(select max(school_rank) from marts.${mart})`;
  return `(
      with ranked as (
        select * replace (cast(row_number() over (partition by ${list} order by school_rank) as integer) as school_rank)
        from intermediate.${ranking}
        where ${filterSchools(year, options)} and school_rank is not null
      ),
      last as (select ${list}, min(${value}) as ${value} from ranked where school_rank <= ${top} group by all),
      tied as (
        select ${list}, cast(count(*) as integer) as tied_beyond, list(school_name order by school_rank) as names
        from ranked join last using (${list}, ${value})
        where school_rank > ${top}
        group by all
      )
      select ranked.*, coalesce(tied_beyond, 0) as tied_beyond,
        array_to_string(names[:5], ', ') || case when tied_beyond = 6 then ' and 1 other'
          when tied_beyond > 6 then ' and ' || (tied_beyond - 5) || ' others' else '' end as tied_schools
      from ranked left join tied using (${list})
      where school_rank <= ${top}
    )`;
}

function isLimited({minStudents, minTeachers}: Size): boolean {
  return minStudents !== undefined || minTeachers !== undefined;
}
