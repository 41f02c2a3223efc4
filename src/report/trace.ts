import {z} from 'zod';
import {describeOrigin} from '../answers/origins.ts';
import {type Database, listColumns} from '../duckdb/database.ts';
import type {BuildFacts} from './build-facts.ts';

/** The lines of a landed file that a school's figures for a school year come from. */
export type SourceLines = z.infer<typeof sourceLines>;
const sourceLines = z.object({
  school_id: z.string(),
  school_year: z.string(),
  source_id: z.string(),
  landed_sha256: z.string(),
  /** In order. The header is line 1. */
  lines: z.array(z.number()),
});

const file = z.object({
  landed_sha256: z.string(),
  source_id: z.string(),
  file_name: z.string(),
  origin: z.string(),
  byte_count: z.number(),
  published_at: z.string().nullable(),
  is_sample: z.boolean(),
  note: z.string().nullable(),
});

const partition = z.object({
  landed_sha256: z.string(),
  school_year: z.string().nullable(),
  rows_in_count: z.number(),
  rows_loaded_count: z.number(),
  rows_rejected_count: z.number(),
});

/** A landed file: where it came from, when, and how many of its rows were used. */
export interface LandedFile extends z.infer<typeof file> {
  /** UTC. */
  landed_at: string | null;
  /** `fetched from HOST on DATE`, or `as supplied in FILE`. */
  how: string;
  partitions: z.infer<typeof partition>[];
}

/** Reads the source lines of each school of a region, for each school year and source. */
export function readSchoolLines(db: Database, region: string): Promise<SourceLines[]> {
  return db.read(
    sourceLines,
    `select school_id, school_year, source_id, landed_sha256,
        list_sort(list_distinct(list(cast(line_number as integer)))) as lines
      from (
        select school_year, school_id, landed_sha256, line_number from core.fct_enrollment_all_grades
        union all
        select school_year, school_id, landed_sha256, line_number from core.fct_teacher
        union all
        select school_year, school_id, landed_sha256, line_number from intermediate.int_school_list)
      join core.dim_landed_file using (landed_sha256)
      where school_id in (select school_id from marts.schools where region_id = $region)
      group by school_id, school_year, source_id, landed_sha256
      order by school_id, source_id, school_year desc, landed_sha256`,
    {region},
  );
}

/** Reads the landed files. `inputs` say when they landed, since the warehouse stores no times of runs. */
export async function readLandedFiles(db: Database, inputs: BuildFacts['inputs']): Promise<LandedFile[]> {
  const files = await db.read(
    file,
    `select ${listColumns(file)} from core.dim_landed_file order by source_id, file_name, landed_sha256`,
  );
  const partitions = await db.read(
    partition,
    `select ${listColumns(partition)} from core.dim_source_partition order by school_year`,
  );
  return files.map((file) => {
    const input = inputs.find(({sha256}) => sha256 === file.landed_sha256);
    return {
      ...file,
      landed_at: input?.landedAt ?? null,
      how: input === undefined ? file.origin : describeOrigin(input),
      partitions: partitions.filter(({landed_sha256}) => landed_sha256 === file.landed_sha256),
    };
  });
}
