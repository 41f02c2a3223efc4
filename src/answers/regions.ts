import {z} from 'zod';
import {type Database, listColumns, literal} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';

/** A region that is reported on, as dbt/seeds/regions.csv has it. */
export type Region = z.infer<typeof region>;
const region = z.object({
  region_id: z.string(),
  region_name: z.string(),
  /** Where it is, in words. */
  place: z.string().nullable(),
  state: z.string(),
});

/** The regions of a warehouse, in the order of the seed. */
export function readRegions(db: Database): Promise<Region[]> {
  return db.read(region, `select ${listColumns(region)} from core.dim_region order by sort_order, region_id`);
}

/**
 * The region of this id, or the first one where none is wanted.
 *
 * @throws Failure where there is no such region
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

/** The condition that a row of a mart is of a school year and region. */
export function filterYearAndRegion(year: string, region: string): string {
  return `school_year = ${literal(year)} and region_id = ${literal(region)}`;
}
