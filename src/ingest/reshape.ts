import {mkdir} from 'node:fs/promises';
import {dirname, join, posix} from 'node:path';
import * as v from 'valibot';
import {countRow, type Database, identifier, literal, open} from '../duckdb/database.ts';
import {writeParquet} from '../duckdb/parquet.ts';
import {withUtf8} from '../encoding.ts';
import {hashFile, makeTemporaryName, renamePatiently, sync, syncFolder, writeAtomically} from '../files.ts';
import type {Correction} from '../sources/corrections.ts';
import {type Column, rowCountLine, type Source} from '../sources/source.ts';
import type {RejectKind} from '../words/rejects.ts';
import {assertEveryLineAccountedFor, assertNotCut, assertUsable} from './accounts.ts';
import {cellMacros, nameCell} from './columns.ts';
import {rejectDuplicates} from './duplicates.ts';
import {inspectionSchema, type Landed} from './land.ts';
import {checkContract, type HeaderMatch} from './recognize.ts';
import {locateManifest, makeReshapedId, type Reshaped, type ReshapedPartition} from './reshaped.ts';
import {listDescriptiveColumns, markDoubts, nameUnreadFlag, readRows} from './rows.ts';

const unusable: RejectKind = 'unusable';

/** Opens a database that files are reshaped in, several at the same time. */
export async function openReshaping(lake: string): Promise<Database> {
  const db = await open(':memory:', {spill: makeTemporaryName(join(lake, 'reshaping'))});
  await db.run(cellMacros);
  return db;
}

/**
 * Reshapes a landed file into Parquet: conforms columns, pivots the counts of a wide source to one row for each group, and
 * rejects unusable rows with a reason. All of it is SQL over whole columns.
 *
 * @param shared opened by `openReshaping`
 * @param lake the folder of the lake
 * @param contractId identifies the version of the declarations, the corrections and this code
 * @throws Failure if the header breaks the contract, the file is cut off, two rows contradict each other, or too many rows are
 *   unusable
 */
export async function reshape(
  shared: Database,
  lake: string,
  source: Source,
  landed: Landed,
  {contractId, corrections}: {contractId: string; corrections: readonly Correction[]},
): Promise<Reshaped> {
  const id = makeReshapedId(landed, contractId);
  const contract = checkContract(source, landed);
  const db = await shared.connect();
  try {
    await mkdir(lake, {recursive: true});
    await withUtf8(landed, makeTemporaryName(join(lake, id)), (readable) => readRows(db, source, readable, contract));
    await assertNotCut(db, landed);
    const duplicates = await rejectDuplicates(db, source, landed, corrections);
    await assertEveryLineAccountedFor(db, landed);
    await assertUsable(db, source, landed);
    const reshaped: Reshaped = {
      id,
      sourceId: source.id,
      sha256: landed.sha256,
      inspection: v.parse(inspectionSchema, landed),
      partitions: await writePartitions(db, lake, id, source, landed, contract),
      newColumns: contract.unknown.map(({label}) => label),
      unreadable: await countUnreadable(db, source, contract),
      duplicates,
      statedRows: await readStatedRows(db),
    };
    await writeAtomically(locateManifest(lake, id), `${JSON.stringify(reshaped, null, 2)}\n`);
    return reshaped;
  } finally {
    db.close();
  }
}

async function countUnreadable(db: Database, source: Source, contract: HeaderMatch): Promise<Record<string, number>> {
  const columns = listDescriptiveColumns(source, contract);
  if (columns.length === 0) return {};
  const counts = columns.map((column) => `(${literal(column.label)}, count(*) filter (${nameUnreadFlag(column)}))`);
  const rows = await db.read(
    v.object({...countRow.entries, label: v.string()}),
    `select count.* from (select unnest([${counts.join(', ')}]::struct(label varchar, n bigint)[]) as count from parsed where reason is null)
      where count.n > 0`,
  );
  return Object.fromEntries(rows.map(({label, n}) => [label, n]));
}

async function readStatedRows(db: Database): Promise<number | null> {
  const {n} = await db.readOne(
    v.object({n: v.nullable(v.number())}),
    `select max(cast(nullif(regexp_extract(content, ${literal(`^${rowCountLine}`)}, 1), '') as integer)) as n from skipped_line`,
  );
  return n;
}

/** Writes `parsed` and `skipped_line` to the lake, one Parquet file for each table and school year. */
async function writePartitions(
  db: Database,
  lake: string,
  id: string,
  source: Source,
  landed: Landed,
  contract: HeaderMatch,
): Promise<ReshapedPartition[]> {
  const onlyYear = landed.schoolYears.length === 1 ? literal(landed.schoolYears[0] ?? '') : 'null';
  const sha = `${literal(landed.sha256)} as landed_sha256`;
  const organization = ['district_code', 'school_code']
    .map((id) => (source.columns.some((column) => column.id === id) ? id : `null as ${id}`))
    .join(', ');
  await db.run(`create temp table rejected as
    select coalesce(school_year, ${onlyYear}) as school_year, line_number, ${organization}, coalesce(kind, ${literal(unusable)}) as kind, reason,
      cast(content as varchar) as content
    from parsed where reason is not null
    union all
    select ${onlyYear}, cast(line_number as bigint), null, null, ${literal(unusable)}, reason, content from skipped_line where reason is not null`);
  const counts = await db.read(
    v.object({schoolYear: v.nullable(v.string()), loaded: v.number(), rejected: v.number()}),
    `select school_year as "schoolYear", cast(sum(loaded) as integer) as loaded, cast(sum(rejected) as integer) as rejected
      from (
        select school_year, 1 as loaded, 0 as rejected from parsed where reason is null
        union all select school_year, 0, 1 from rejected
      ) group by school_year order by school_year nulls last`,
  );

  const partitions: ReshapedPartition[] = [];
  for (const {schoolYear, loaded, rejected} of counts) {
    const here = `school_year is not distinct from ${schoolYear === null ? 'null' : literal(schoolYear)}`;
    const selections: Record<string, string> = {};
    if (loaded > 0) {
      Object.assign(selections, selectDataTables(source, `parsed where reason is null and ${here}`, sha));
      const extra = contract.unknown;
      if (extra.length > 0) {
        selections['extra_value'] = `select ${sha}, line_number, column_label, value from (
          select line_number, unnest([${extra.map(({label}) => literal(label)).join(', ')}]) as column_label,
            unnest([${extra.map(({position}) => nameCell(position)).join(', ')}]) as value
          from (from parsed where reason is null and ${here} order by line_number)) where value is not null`;
      }
    }
    if (rejected > 0) {
      selections['rejected_row'] =
        `select ${sha}, ${literal(source.id)} as source_id, line_number, district_code, school_code,
        kind, reason, content from rejected where ${here} order by all`;
    }
    const files: Record<string, string> = {};
    const hashes: Record<string, string> = {};
    for (const [table, selection] of Object.entries(selections)) {
      files[table] = posix.join(table, `school_year=${schoolYear ?? 'unknown'}`, `${id}.parquet`);
      const path = join(lake, files[table]);
      await mkdir(dirname(path), {recursive: true});
      const aside = makeTemporaryName(path);
      await writeParquet(db, selection, aside);
      await sync(aside);
      await renamePatiently(aside, path);
      await syncFolder(dirname(path));
      hashes[table] = await hashFile(path);
    }
    partitions.push({
      schoolYear,
      rowsIn: loaded + rejected,
      rowsLoaded: loaded,
      rowsRejected: rejected,
      files,
      hashes,
    });
  }
  return partitions;
}

/** Writes the queries for a source's raw tables over the rows of `from`. The school year is the partition's name. */
function selectDataTables(source: Source, from: string, sha: string): Record<string, string> {
  const {pivot} = source;
  const columns = source.columns.filter(({id}) => id !== 'school_year' && !pivot?.measures.includes(id));
  const rows = `select ${[sha, 'line_number', ...columns.flatMap((column) => selectColumn(column))].join(', ')} from ${from} order by line_number`;
  if (pivot === undefined) return {[source.table]: rows};
  const labels = pivot.measures.map((id) => literal(source.columns.find((column) => column.id === id)?.label ?? id));
  const doubts = markDoubts(source);
  const counts = pivot.measures.map((id) => doubts.get(id) ?? identifier(id));
  return {
    [pivot.rowTable]: rows,
    [source.table]: `select ${sha}, line_number, label as ${pivot.labelColumn}, ${selectValueAndStatus('figure', pivot.countColumn)},
      get_printed(figure) as ${identifier(pivot.printedColumn)}
      from (select line_number, unnest([${labels.join(', ')}]) as label, unnest([${counts.join(', ')}]) as figure
      from (from ${from} order by line_number))`,
  };
}

function selectColumn(column: Column): string[] {
  return column.kind === 'count' ? [selectValueAndStatus(identifier(column.id), column.id)] : [identifier(column.id)];
}

/** Selects a count and its status: a value (0 is one), withheld by the publisher, unknown, or missing. */
function selectValueAndStatus(figure: string, name: string): string {
  return `get_known(${figure}) as ${identifier(name)}, get_status(${figure}) as ${identifier(`${name}_status`)}`;
}
