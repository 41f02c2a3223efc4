import type {Database} from '../duckdb/database.ts';
import {read} from './organizations.ts';

/** What was checked of the sources and of the models, and what was set aside. */
export interface Checks {
  sources: SourceCheck[];
  tests: ModelTest[];
  rejected: {source_id: string; school_year: string | null; kind: string; row_count: number; example: string}[];
  corrections: {
    correction_id: string;
    school_year: string | null;
    status: string;
    row_count: number;
    what: string;
    reason: string;
  }[];
}

interface SourceCheck {
  source_id: string;
  check_name: string;
  description: string;
  status: 'pass' | 'warn' | 'error';
  failing_count: number;
  compared_count: number;
  school_years: string[];
  samples: string[];
}

interface ModelTest {
  test_name: string;
  path: string;
  status: 'pass' | 'warn' | 'error';
  failing_count: number;
}

export async function readChecks(db: Database): Promise<Checks> {
  return {
    sources: await read<SourceCheck>(
      db,
      `select source_id, check_name, any_value(description) as description, status,
          cast(sum(failing_count) as bigint) as failing_count, cast(sum(compared_count) as bigint) as compared_count,
          list_sort(list_distinct(list(coalesce(school_year, 'all years')))) as school_years,
          coalesce(any_value(samples.found), []) as samples
        from audit.check_result
        left join (
          select source_id, check_name, list(sample order by school_year, sample)[1:3] as found
          from audit.check_sample group by all
        ) as samples using (source_id, check_name)
        group by source_id, check_name, status
        order by status = 'pass', source_id, check_name`,
    ),
    tests: await read<ModelTest>(
      db,
      `select test_name, path, status, failing_count from audit.test_result order by status = 'pass', path, test_name`,
    ),
    rejected: await read<Checks['rejected'][number]>(
      db,
      `select source_id, school_year, kind, count(*) as row_count, min_by(reason, line_number) as example
        from raw.rejected_row group by all order by all`,
    ),
    corrections: await read<Checks['corrections'][number]>(
      db,
      `select correction_id, school_year, status, row_count, what, reason
        from audit.correction_result join raw.correction using (correction_id)
        order by correction_id, school_year`,
    ),
  };
}
