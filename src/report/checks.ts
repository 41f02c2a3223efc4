import * as v from 'valibot';
import {type Database, listColumns} from '../duckdb/database.ts';
import {rejectKinds} from '../words/rejects.ts';

const status = v.picklist(['pass', 'warn', 'error']);

const sourceCheck = v.object({
  source_id: v.string(),
  check_name: v.string(),
  description: v.string(),
  status,
  failing_count: v.number(),
  compared_count: v.number(),
  school_years: v.array(v.string()),
  samples: v.array(v.string()),
});

const modelTest = v.object({test_name: v.string(), path: v.string(), status, failing_count: v.number()});

const rejected = v.object({
  source_id: v.string(),
  school_year: v.nullable(v.string()),
  kind: v.picklist(rejectKinds),
  row_count: v.number(),
  example: v.string(),
});

const correction = v.object({
  correction_id: v.string(),
  school_year: v.nullable(v.string()),
  status: v.string(),
  row_count: v.number(),
  what: v.string(),
  reason: v.string(),
});

/** The results of checks and tests, the rejected rows, and the corrections. */
export interface Checks {
  sources: v.InferOutput<typeof sourceCheck>[];
  tests: v.InferOutput<typeof modelTest>[];
  rejected: v.InferOutput<typeof rejected>[];
  corrections: v.InferOutput<typeof correction>[];
}

export async function readChecks(db: Database): Promise<Checks> {
  return {
    sources: await db.read(
      sourceCheck,
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
    tests: await db.read(
      modelTest,
      `select ${listColumns(modelTest)} from audit.test_result order by status = 'pass', path, test_name`,
    ),
    rejected: await db.read(
      rejected,
      `select source_id, school_year, kind, count(*) as row_count, min_by(reason, line_number) as example
        from raw.rejected_row group by all order by all`,
    ),
    corrections: await db.read(
      correction,
      `select ${listColumns(correction)}
        from audit.correction_result join raw.correction using (correction_id)
        order by correction_id, school_year`,
    ),
  };
}
