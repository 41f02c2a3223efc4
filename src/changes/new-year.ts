import * as v from 'valibot';
import type {Build} from '../builds/find.ts';
import {openBuild} from '../builds/published.ts';
import type {SchoolYear} from '../school-year.ts';

const changed = v.object({name: v.string(), change: v.number()});

/** A school or district, and by how many points its gap has changed since the year before. */
export type GapChange = v.InferOutput<typeof changed>;

/** Where the gap between students and teachers of color has changed most, up to five of each. */
export interface LargestChanges {
  /** The last school year before that the build has. */
  since: SchoolYear;
  schools: GapChange[];
  districts: GapChange[];
}

/** Finds the largest changes in a school year of a build; undefined if it is the build's first. Small staffs are left out. */
export async function findLargestChanges(build: Build, schoolYear: SchoolYear): Promise<LargestChanges | undefined> {
  const since = build.manifest.schoolYears.findLast((year) => year < schoolYear);
  if (since === undefined) return undefined;
  const db = await openBuild(build);
  const read = (level: 'school' | 'district') =>
    db.read(
      changed,
      `select distinct now.${level}_name as name, now.gap_pp - before.gap_pp as change
        from marts.${level}_representation as now
        join marts.${level}_representation as before using (region_id, ${level}_id)
        where now.school_year = $schoolYear and before.school_year = $since
          and not now.is_small and not before.is_small and now.gap_pp <> before.gap_pp
        order by abs(change) desc, name limit 5`,
      {schoolYear, since},
    );
  try {
    return {since, schools: await read('school'), districts: await read('district')};
  } finally {
    db.close();
  }
}
