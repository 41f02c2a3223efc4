import {type Database, identifier, literal} from '../duckdb/database.ts';
import type {Correction} from '../sources/corrections.ts';
import type {Source} from '../sources/source.ts';

/** What a correction had to do in a school year. */
export interface CorrectionResult {
  id: string;
  schoolYear: string;
  /** `spent`: there should have been something to correct, and there was nothing. */
  status: 'applied' | 'spent';
  rows: number;
}

/** Loads the corrections as `raw.correction`, where the models find them. */
export async function loadCorrections(db: Database, corrections: readonly Correction[]): Promise<void> {
  await db.run(`create table raw.correction (correction_id varchar, source_id varchar, action varchar, district_code varchar,
    what varchar, reason varchar, reference varchar)`);
  for (const correction of corrections) {
    const {id, source, action, what, reason, reference} = correction;
    const code = correction.action === 'not_a_district' ? literal(correction.where.district_code) : 'null';
    await db.run(`insert into raw.correction values (${[id, source, action].map(literal).join(', ')}, ${code},
      ${[what, reason, reference].map((text) => literal(text.trim())).join(', ')})`);
  }
}

/** Counts what each correction applied to in the loaded rows, and keeps it in `audit.correction_result`. */
export async function correctionResults(
  db: Database,
  corrections: readonly Correction[],
  sources: readonly Source[],
): Promise<CorrectionResult[]> {
  const results: CorrectionResult[] = [];
  for (const correction of corrections) {
    const source = sources.find(({id}) => id === correction.source);
    if (source === undefined) continue;
    const counts = await db.rows(`select school_year, coalesce(n, 0) as n
      from (select school_year from raw.source_partition where source_id = ${literal(source.id)} and school_year is not null)
      left join (${correctedRows(correction, source)}) using (school_year)
      order by school_year`);
    for (const {school_year, n} of counts) {
      const schoolYear = String(school_year);
      const rows = Number(n);
      if (rows > 0) results.push({id: correction.id, schoolYear, status: 'applied', rows});
      else if (schoolYear === correction.expect.school_year)
        results.push({id: correction.id, schoolYear, status: 'spent', rows});
    }
  }
  await db.run(
    'create table audit.correction_result (correction_id varchar, school_year varchar, status varchar, row_count bigint)',
  );
  for (const {id, schoolYear, status, rows} of results) {
    await db.run(
      `insert into audit.correction_result values (${[id, schoolYear, status].map(literal).join(', ')}, ${rows})`,
    );
  }
  return results;
}

/** The number of rows by school year that a correction is about. */
function correctedRows(correction: Correction, source: Source): string {
  const table = `raw.${identifier(source.pivot?.rowTable ?? source.table)}`;
  switch (correction.action) {
    case 'set_aside_zero_twins':
      return `select school_year, count(*) as n from raw.rejected_row
        where source_id = ${literal(source.id)} and kind = 'zero_twin' group by school_year`;
    case 'not_a_district':
      return `select school_year, count(*) as n from ${table} as o
        where organization_level = 'district' and district_code like ${literal(correction.where.district_code)}
          and not exists (select 1 from ${table} as s where s.school_year = o.school_year
            and s.district_code = o.district_code and s.organization_level = 'school')
        group by school_year`;
  }
}
