import * as v from 'valibot';
import {countRow, type Database, listColumns, literal} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import {exit, Failure} from '../failure.ts';

/** A region of the report, as in dbt/seeds/regions.csv. */
export type Region = v.InferOutput<typeof region>;
const region = v.object({
  region_id: v.string(),
  region_name: v.string(),
  /** Where it is, in words. */
  place: v.nullable(v.string()),
  state: v.string(),
});

/** Reads the regions of a warehouse, in the order of the seed. */
export const readRegions = readOnce(
  (db): Promise<Region[]> =>
    db.read(region, `select ${listColumns(region)} from core.dim_region order by sort_order, region_id`),
);

/**
 * Chooses the region of an id, or the first one if no id is given.
 *
 * @throws Failure (exit 2) if there is no such region
 */
export async function chooseRegion(db: Database, wanted?: string): Promise<Region> {
  const regions = await readRegions(db);
  const region = wanted === undefined ? regions[0] : regions.find(({region_id}) => region_id === wanted);
  if (region !== undefined) return region;
  const ids = regions.map(({region_id}) => region_id).join(', ');
  throw new Failure(
    wanted === undefined
      ? 'dbt/seeds/regions.csv names no region. Write one, and run again.'
      : `--region ${wanted}: there is no such region. There are: ${ids}.`,
    exit.usage,
  );
}

/** Describes what the seeds declare a region to be: `6 districts whole and 45 schools of others`. */
export const describeDeclaredRegion = readOnce(async (db, {region_id}: Region): Promise<string> => {
  const countSeedRows = async (table: string, one: string, more: string) => {
    const {n} = await db.readOne(countRow, `select count(*) as n from ${table} and region_id = $region_id`, {
      region_id,
    });
    return n === 0 ? [] : [`${n} ${one}${n === 1 ? '' : 's'} ${more}`];
  };
  const districts = await countSeedRows('seeds.region_districts where is_whole', 'district', 'whole');
  const schools = await countSeedRows('seeds.region_schools where true', 'school', 'of others');
  return [...districts, ...schools].join(' and ');
});

/** Returns the SQL condition that a row of a mart is of a school year and region. */
export function filterYearAndRegion(year: string, region: string): string {
  return `school_year = ${literal(year)} and region_id = ${literal(region)}`;
}
