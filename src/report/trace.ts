import type {Database} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';
import type {BuildFacts} from './build-facts.ts';
import {read} from './organizations.ts';

/** The lines of a landed file that a school's figures of a school year come from. */
export interface SourceLines {
  school_id: string;
  school_year: SchoolYear;
  source_id: string;
  landed_sha256: string;
  /** In order; the header is line 1. */
  lines: number[];
}

/** A landed file: where it came from and when, and what of it was used. */
export interface LandedFile {
  landed_sha256: string;
  source_id: string;
  file_name: string;
  origin: string;
  byte_count: number;
  published_at: string | null;
  /** UTC. */
  landed_at: string | null;
  is_sample: boolean;
  partitions: {
    school_year: SchoolYear | null;
    rows_in_count: number;
    rows_loaded_count: number;
    rows_rejected_count: number;
  }[];
}

/** For each school of the region, each of its school years and each source. */
export function readSchoolLines(db: Database): Promise<SourceLines[]> {
  return read<SourceLines>(
    db,
    `select school_id, school_year, source_id, landed_sha256,
        list_sort(list_distinct(list(cast(line_number as integer)))) as lines
      from (
        select school_year, school_id, 'ospi-enrollment' as source_id, landed_sha256, line_number
        from core.fct_enrollment_all_grades
        union all
        select school_year, school_id, 'ospi-teachers', landed_sha256, line_number from core.fct_teacher
        union all
        select school_year, school_id, 'school-list', landed_sha256, line_number from staging.stg_road_map__school_list)
      where school_id in (select school_id from marts.schools)
      group by school_id, school_year, source_id, landed_sha256
      order by school_id, source_id, school_year desc, landed_sha256`,
  );
}

/** `inputs` say when the files were fetched: the warehouse keeps nothing of the time of a run. */
export async function readLandedFiles(db: Database, inputs: BuildFacts['inputs']): Promise<LandedFile[]> {
  const files = await read<Omit<LandedFile, 'partitions' | 'landed_at'>>(
    db,
    `select landed_sha256, source_id, file_name, origin, byte_count, published_at, is_sample
      from core.dim_landed_file order by source_id, file_name, landed_sha256`,
  );
  const partitions = await read<LandedFile['partitions'][number] & {landed_sha256: string; source_id: string}>(
    db,
    `select source_id, landed_sha256, school_year, rows_in_count, rows_loaded_count, rows_rejected_count
      from core.dim_source_partition order by school_year`,
  );
  return files.map((file) => ({
    ...file,
    landed_at: inputs.find(({sha256}) => sha256 === file.landed_sha256)?.landedAt ?? null,
    partitions: partitions.filter(({landed_sha256}) => landed_sha256 === file.landed_sha256),
  }));
}
