import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {DuckDBType, DuckDBValue} from '@duckdb/node-api';
import type {DataType} from '@uwdata/flechette';
import {type Chunks, open} from './database.ts';
import {writeParquet} from './parquet.ts';

/** Formats that keep the type of each column. */
export const binaryFormats = ['parquet', 'arrow'] as const;
export type BinaryFormat = (typeof binaryFormats)[number];

/** Returns rows as a Parquet file, or as an Arrow IPC stream. */
export function encodeChunks(rows: Chunks, format: BinaryFormat): Promise<Uint8Array> {
  return format === 'parquet' ? encodeParquet(rows) : encodeArrow(rows);
}

/** The rows go through a database of their own: the one they come from may be sealed, and reaches no file. */
async function encodeParquet(rows: Chunks): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-parquet-'));
  const db = await open();
  try {
    await db.createFromChunks('result', rows);
    const path = join(folder, 'result.parquet');
    await writeParquet(db, 'from result', path);
    return await readFile(path);
  } finally {
    db.close();
    await rm(folder, {recursive: true, force: true});
  }
}

async function encodeArrow({columns, types, chunks}: Chunks): Promise<Uint8Array> {
  const {Column, columnFromArray, tableFromColumns, tableToIPC} = await import('@uwdata/flechette');
  const encoders = await Promise.all(types.map(chooseEncoder));
  const made = encoders.map(({type, stored = type, encode}, index): [string, InstanceType<typeof Column>] => {
    const values = chunks.flatMap((chunk) =>
      chunk.getColumnValues(index).map((value) => (value === null ? null : encode(value))),
    );
    const data = [...columnFromArray(values, stored).data];
    for (const batch of data) batch.type = type;
    return [columns[index] ?? '', new Column(data, type)];
  });
  const bytes = tableToIPC(tableFromColumns(made), {format: 'stream'});
  if (bytes === null) throw new Error('there is no Arrow stream');
  return bytes;
}

interface Encoder {
  type: DataType;
  /** The type with the same bytes that the values are written as, where the library rounds the type itself. */
  stored?: DataType;
  encode(value: DuckDBValue): unknown;
}

/** Chooses the Arrow type of a column as DuckDB does, and the form of its values. Types without a counterpart become text. */
async function chooseEncoder(type: DuckDBType): Promise<Encoder> {
  const arrow = await import('@uwdata/flechette');
  const duckdb = await import('@duckdb/node-api');
  const keep = (value: DuckDBValue) => value;
  if (type instanceof duckdb.DuckDBDecimalType) {
    const encode = (value: DuckDBValue) => (value instanceof duckdb.DuckDBDecimalValue ? value.value : value);
    return {type: arrow.decimal(type.width, type.scale), encode};
  }
  if (type instanceof duckdb.DuckDBListType) {
    const item = await chooseEncoder(type.valueType);
    if (item.stored === undefined) {
      const encode = (value: DuckDBValue) =>
        value instanceof duckdb.DuckDBListValue
          ? value.items.map((each) => (each === null ? null : item.encode(each)))
          : value;
      return {type: arrow.list(item.type), encode};
    }
  }
  if (type instanceof duckdb.DuckDBDateType) {
    const encode = (value: DuckDBValue) => (value instanceof duckdb.DuckDBDateValue ? value.days * 864e5 : value);
    return {type: arrow.dateDay(), encode};
  }
  const microseconds = (zone: string | null, encode: Encoder['encode']) => ({
    type: arrow.timestamp(arrow.TimeUnit.MICROSECOND, zone),
    stored: arrow.int64(),
    encode,
  });
  if (type instanceof duckdb.DuckDBTimestampType)
    return microseconds(null, (value) => (value instanceof duckdb.DuckDBTimestampValue ? value.micros : value));
  if (type instanceof duckdb.DuckDBTimestampTZType)
    return microseconds('UTC', (value) => (value instanceof duckdb.DuckDBTimestampTZValue ? value.micros : value));
  switch (type.typeId) {
    case duckdb.DuckDBTypeId.BOOLEAN:
      return {type: arrow.bool(), encode: keep};
    case duckdb.DuckDBTypeId.TINYINT:
      return {type: arrow.int8(), encode: keep};
    case duckdb.DuckDBTypeId.SMALLINT:
      return {type: arrow.int16(), encode: keep};
    case duckdb.DuckDBTypeId.INTEGER:
      return {type: arrow.int32(), encode: keep};
    case duckdb.DuckDBTypeId.BIGINT:
      return {type: arrow.int64(), encode: keep};
    case duckdb.DuckDBTypeId.HUGEINT:
      return {type: arrow.decimal(38, 0), encode: keep};
    case duckdb.DuckDBTypeId.FLOAT:
      return {type: arrow.float32(), encode: keep};
    case duckdb.DuckDBTypeId.DOUBLE:
      return {type: arrow.float64(), encode: keep};
    default:
      return {type: arrow.utf8(), encode: String};
  }
}
