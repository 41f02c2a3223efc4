import * as v from 'valibot';
import {createTable} from '../duckdb/create-table.ts';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import type {Correction} from '../sources/corrections.ts';
import type {Source} from '../sources/source.ts';

/** The effect of a correction in a school year. */
export interface CorrectionResult {
  id: string;
  schoolYear: string;
  /** `spent`: the correction expected rows to correct, and found none. */
  status: 'applied' | 'spent';
  rows: number;
}

/** Loads the corrections into `raw.correction`, which the models read. */
export async function loadCorrections(db: Database, corrections: readonly Correction[]): Promise<void> {
  await createTable(
    db,
    {schema: 'raw', name: 'correction'},
    {
      correction_id: ['varchar', ({id}) => id],
      source_id: ['varchar', ({source}) => source],
      action: ['varchar', ({action}) => action],
      district_code: ['varchar', (each) => (each.action === 'not_a_district' ? each.where.district_code : null)],
      what: ['varchar', ({what}) => what.trim()],
      reason: ['varchar', ({reason}) => reason.trim()],
      reference: ['varchar', ({reference}) => reference.trim()],
    },
    corrections,
  );
}

/** Counts the loaded rows that each correction applies to, and stores the counts in `audit.correction_result`. */
export async function recordCorrections(
  db: Database,
  corrections: readonly Correction[],
  sources: readonly Source[],
): Promise<CorrectionResult[]> {
  const results: CorrectionResult[] = [];
  for (const correction of corrections) {
    const source = sources.find(({id}) => id === correction.source);
    if (source === undefined) continue;
    const counts = await db.read(
      v.object({schoolYear: v.string(), rows: v.number()}),
      `select school_year as "schoolYear", coalesce(n, 0) as rows
        from (select school_year from raw.source_partition where source_id = $source and school_year is not null)
        left join (${countCorrectedRows(correction, source)}) using (school_year)
        order by school_year`,
      {source: source.id},
    );
    for (const {schoolYear, rows} of counts) {
      if (rows > 0 || schoolYear === correction.expect.school_year)
        results.push({id: correction.id, schoolYear, status: rows > 0 ? 'applied' : 'spent', rows});
    }
  }
  await createTable(
    db,
    {schema: 'audit', name: 'correction_result'},
    {
      correction_id: ['varchar', ({id}) => id],
      school_year: ['varchar', ({schoolYear}) => schoolYear],
      status: ['varchar', ({status}) => status],
      row_count: ['bigint', ({rows}) => rows],
    },
    results,
  );
  return results;
}

/** Writes the query that counts, by school year, the rows that a correction applies to. `$source` is its source. */
function countCorrectedRows(correction: Correction, source: Source): string {
  const table = `raw.${identifier(source.pivot?.rowTable ?? source.table)}`;
  switch (correction.action) {
    case 'set_aside_zero_twins':
      return `select school_year, count(*) as n from raw.rejected_row
        where source_id = $source and kind = 'zero_twin' group by school_year`;
    case 'not_a_district':
      return `select school_year, count(*) as n from ${table} as o
        where organization_level = 'district' and district_code like ${literal(correction.where.district_code)}
          and not exists (select 1 from ${table} as s where s.school_year = o.school_year
            and s.district_code = o.district_code and s.organization_level = 'school')
        group by school_year`;
  }
}
