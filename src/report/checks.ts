import {z} from 'zod';
import {type Database, listColumns} from '../duckdb/database.ts';
import {rejectKinds} from '../words/rejects.ts';

const status = z.enum(['pass', 'warn', 'error']);

const sourceCheck = z.object({
  source_id: z.string(),
  check_name: z.string(),
  description: z.string(),
  status,
  failing_count: z.number(),
  compared_count: z.number(),
  school_years: z.array(z.string()),
  samples: z.array(z.string()),
});

const modelTest = z.object({test_name: z.string(), path: z.string(), status, failing_count: z.number()});

const rejected = z.object({
  source_id: z.string(),
  school_year: z.string().nullable(),
  kind: z.enum(rejectKinds),
  row_count: z.number(),
  example: z.string(),
});

const correction = z.object({
  correction_id: z.string(),
  school_year: z.string().nullable(),
  status: z.string(),
  row_count: z.number(),
  what: z.string(),
  reason: z.string(),
});

/** The results of checks and tests, the rejected rows, and the corrections. */
export interface Checks {
  sources: z.infer<typeof sourceCheck>[];
  tests: z.infer<typeof modelTest>[];
  rejected: z.infer<typeof rejected>[];
  corrections: z.infer<typeof correction>[];
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
