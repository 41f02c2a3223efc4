import * as v from 'valibot';
import {describeOrigin} from '../answers/origins.ts';
import {type Database, listColumns} from '../duckdb/database.ts';
import type {BuildFacts} from './build-facts.ts';

/** The lines of a landed file that a school's figures for a school year come from. */
export type SourceLines = v.InferOutput<typeof sourceLines>;
const sourceLines = v.object({
  school_id: v.string(),
  school_year: v.string(),
  source_id: v.string(),
  landed_sha256: v.string(),
  /** In order. The header is line 1. */
  lines: v.array(v.number()),
});

const file = v.object({
  landed_sha256: v.string(),
  source_id: v.string(),
  file_name: v.string(),
  origin: v.string(),
  byte_count: v.number(),
  published_at: v.nullable(v.string()),
  is_sample: v.boolean(),
  note: v.nullable(v.string()),
});

const partition = v.object({
  landed_sha256: v.string(),
  school_year: v.nullable(v.string()),
  rows_in_count: v.number(),
  rows_loaded_count: v.number(),
  rows_rejected_count: v.number(),
});

/** A landed file: where it came from, when, and how many of its rows were used. */
export interface LandedFile extends v.InferOutput<typeof file> {
  /** UTC. */
  landed_at: string | null;
  /** `fetched from HOST on DATE`, or `as supplied in FILE`. */
  how: string;
  partitions: v.InferOutput<typeof partition>[];
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
