import * as v from 'valibot';
import {createTable} from '../duckdb/create-table.ts';
import type {Database} from '../duckdb/database.ts';
import type {Source} from '../sources/source.ts';
import {cellMacros} from './columns.ts';
import {listComparisons} from './comparisons.ts';
import {type Comparison, totalTable, wideTable, writeTotalTable, writeWideTable} from './figures.ts';
import type {Ingested} from './load.ts';

type Severity = 'warn' | 'error';

/** The result of a check in one source and school year. */
export interface CheckResult {
  source: string;
  schoolYear: string | null;
  check: string;
  description: string;
  /** The status if more rows fail than the tolerance allows. */
  severity: Severity;
  status: 'pass' | Severity;
  compared: number;
  failing: number;
  /** Descriptions of up to ten failing rows. */
  samples: string[];
}

const sampleSize = 10;
/** A school year with a smaller share of a file's rows is probably a typo. */
const strayShare = 0.01;

/** Checks the rows loaded into `raw`, and stores the results in `audit.check_result` and `audit.check_sample`. */
export async function checkLoaded(
  db: Database,
  sources: readonly Source[],
  ingested: readonly Ingested[],
): Promise<CheckResult[]> {
  await db.run(cellMacros.replaceAll('create macro', 'create temp macro'));
  const results: CheckResult[] = [];
  for (const source of sources) {
    const files = ingested.filter((file) => file.source.id === source.id);
    if (files.length === 0) continue;
    results.push(...files.flatMap(checkFile), ...(await compareAll(db, source, sources)));
  }
  await storeResults(db, results);
  return results;
}

/**
 * Runs the comparisons of a source, in a database that has the macros in `cellMacros`.
 *
 * @param rowsAtATime how many rows to widen at a time, which bounds the memory
 */
export async function compareAll(
  db: Database,
  source: Source,
  sources: readonly Source[],
  rowsAtATime = 500_000,
): Promise<CheckResult[]> {
  const {pivot} = source;
  const comparisons = listComparisons(source, sources);
  const results = new Map<Comparison, CheckResult[]>();
  const compareThose = async (table?: Comparison['reads']) => {
    const those = comparisons.filter(({reads}) => reads === table);
    for (const [comparison, found] of await compare(db, source, those))
      results.set(comparison, [...(results.get(comparison) ?? []), ...found]);
  };
  await compareThose();
  if (comparisons.some(({reads}) => reads === totalTable)) {
    await db.run(writeTotalTable(source));
    await compareThose(totalTable);
    await db.run(`drop table ${totalTable}`);
  }
  if (pivot) {
    for (const schoolYears of await yearsAtATime(db, source, rowsAtATime)) {
      await db.run(writeWideTable({...source, pivot}, schoolYears));
      await compareThose(wideTable);
      await db.run(`drop table ${wideTable}`);
    }
  }
  return comparisons.flatMap((comparison) => results.get(comparison) ?? []);
}

/** Groups a source's school years, in order, into batches of at most `rows` rows; a larger year is a batch of its own. */
async function yearsAtATime(db: Database, source: Source, rows: number): Promise<string[][]> {
  const years = await db.read(
    v.object({schoolYear: v.string(), loaded: v.number()}),
    `select school_year as "schoolYear", sum(rows_loaded)::bigint as loaded from raw.source_partition
      where source_id = $source and school_year is not null group by school_year order by school_year`,
    {source: source.id},
  );
  const groups: string[][] = [];
  let room = 0;
  for (const {schoolYear, loaded} of years) {
    const group = loaded <= room ? groups.at(-1) : undefined;
    if (group) group.push(schoolYear);
    else groups.push([schoolYear]);
    room = (group ? room : rows) - loaded;
  }
  return groups;
}

const comparedRow = v.object({
  comparison: v.number(),
  schoolYear: v.nullable(v.string()),
  compared: v.number(),
  failing: v.number(),
  withheld: v.number(),
  samples: v.array(v.string()),
});

/** Runs comparisons of one table in a single statement, since each statement takes longer than most comparisons. */
async function compare(
  db: Database,
  source: Source,
  comparisons: readonly Comparison[],
): Promise<Map<Comparison, CheckResult[]>> {
  if (comparisons.length === 0) return new Map();
  const rows = await db.read(
    comparedRow,
    `${comparisons.map(writeComparison).join(' union all ')} order by comparison, "schoolYear"`,
  );
  const byComparison = Map.groupBy(rows, ({comparison}) => comparison);
  return new Map(
    comparisons.map((comparison, index) => [
      comparison,
      (byComparison.get(index) ?? []).map((row) => judge(source, comparison, row)),
    ]),
  );
}

function writeComparison({from, fails, place, withheld: isWithheld = 'false'}: Comparison, index: number): string {
  return `select ${index} as comparison, school_year as "schoolYear", count(*) as compared, count(*) filter (fails) as failing,
      count(*) filter (fails and is_withheld) as withheld,
      coalesce((array_agg(place order by place) filter (fails))[1:${sampleSize}], []) as samples
    from (
      select school_year, fails, ${isWithheld} as is_withheld, case when fails then ${place} end as place
      from (select *, coalesce(${fails}, false) as fails from ${from})
    )
    group by school_year`;
}

function judge(
  source: Source,
  comparison: Comparison,
  {schoolYear, compared, failing, withheld, samples}: v.InferOutput<typeof comparedRow>,
): CheckResult {
  const wrong = failing - withheld;
  const isSlip = wrong === 0 || (comparison.tolerance > 0 && (wrong === 1 || wrong / compared <= comparison.tolerance));
  return {
    source: source.id,
    schoolYear,
    check: comparison.name,
    description: comparison.description,
    severity: comparison.severity,
    status: failing === 0 ? 'pass' : isSlip || comparison.severity === 'warn' ? 'warn' : 'error',
    compared,
    failing,
    samples,
  };
}

/** Converts what reshaping found in a file to check results. */
function checkFile({source, landed, reshaped, schoolYears}: Ingested): CheckResult[] {
  const result = (
    check: string,
    description: string,
    severity: Severity,
    compared: number,
    samples: string[],
    failing = samples.length,
  ) => ({
    source: source.id,
    schoolYear: schoolYears.length === 1 ? (schoolYears[0] ?? null) : null,
    check,
    description,
    severity,
    status: failing === 0 ? ('pass' as const) : severity,
    compared,
    failing,
    samples: samples.slice(0, sampleSize),
  });
  const rowsIn = reshaped.partitions.reduce((sum, partition) => sum + partition.rowsIn, 0);
  const strayYears = reshaped.partitions.filter(
    ({schoolYear, rowsIn: rows}) => schoolYear !== null && rows < strayShare * rowsIn,
  );
  const duplicates = Object.entries(reshaped.duplicates).filter(([, count]) => count > 0);
  const unreadable = Object.entries(reshaped.unreadable);
  return [
    result(
      'columns_known',
      'every column of the file is one that the source declares; cells of others are in raw.extra_value',
      'warn',
      landed.layout.header.length,
      reshaped.newColumns.map((label) => `${landed.fileName}: new column "${label}"`),
    ),
    result(
      'keys_unique',
      'no key occurs twice; zero twins and repetitions are in raw.rejected_row',
      'warn',
      rowsIn,
      duplicates.map(([kind, count]) => `${landed.fileName}: ${count} ${kind.replaceAll('_', ' ')}`),
      duplicates.reduce((sum, [, count]) => sum + count, 0),
    ),
    result(
      'descriptions_readable',
      'dates and decimals can be read; those that cannot are null',
      'warn',
      rowsIn,
      unreadable.map(([column, count]) => `${landed.fileName}: ${count} × "${column}"`),
      unreadable.reduce((sum, [, count]) => sum + count, 0),
    ),
    ...strayYears.map((partition) =>
      result('school_years_expected', 'no school year has but a handful of the rows of a file', 'warn', rowsIn, [
        `${landed.fileName}: ${partition.rowsIn} of ${rowsIn} rows are of ${partition.schoolYear}`,
      ]),
    ),
    ...(reshaped.statedRows === null
      ? []
      : [
          result(
            'stated_row_count',
            'the file has as many rows as its footer says',
            'error',
            1,
            reshaped.statedRows === rowsIn
              ? []
              : [`${landed.fileName}: the footer says ${reshaped.statedRows} rows, ${rowsIn} are there`],
          ),
        ]),
    ...(landed.isUtf8
      ? []
      : [
          result('file_in_utf8', 'the file is in UTF-8; lines that are not are read as Windows-1252', 'warn', 1, [
            `${landed.fileName} is not in UTF-8: its other letters are read as Windows-1252`,
          ]),
        ]),
    ...(landed.endsWithLineBreak || landed.layout.kind === 'fixed'
      ? []
      : [
          result('file_ended', 'the last line is ended; where it is not, the file may have been cut off', 'warn', 1, [
            `${landed.fileName} does not end with a line break`,
          ]),
        ]),
  ];
}

async function storeResults(db: Database, results: readonly CheckResult[]): Promise<void> {
  const ofCheck: Record<string, [string, (result: CheckResult) => unknown]> = {
    source_id: ['varchar', ({source}) => source],
    school_year: ['varchar', ({schoolYear}) => schoolYear],
    check_name: ['varchar', ({check}) => check],
  };
  await createTable(
    db,
    {schema: 'audit', name: 'check_result'},
    {
      ...ofCheck,
      description: ['varchar', ({description}) => description],
      severity: ['varchar', ({severity}) => severity],
      status: ['varchar', ({status}) => status],
      compared_count: ['bigint', ({compared}) => compared],
      failing_count: ['bigint', ({failing}) => failing],
    },
    results,
  );
  await createTable(
    db,
    {schema: 'audit', name: 'check_sample'},
    {...ofCheck, sample: ['varchar', ({sample}) => sample]},
    results.flatMap((result) => result.samples.map((sample) => ({...result, sample}))),
  );
}
