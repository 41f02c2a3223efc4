import * as v from 'valibot';
import type {Manifest} from '../builds/manifest.ts';
import {countRow, type Database, identifier, literal} from '../duckdb/database.ts';
import {cellMacros} from '../ingest/columns.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Column, Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';

/** The organization of a row. Codes and names are null if the source has none. */
const organizationRow = v.object({
  level: v.nullable(v.string()),
  districtCode: v.nullable(v.string()),
  districtName: v.nullable(v.string()),
  schoolCode: v.nullable(v.string()),
  schoolName: v.nullable(v.string()),
});

const changedRow = v.object({...organizationRow.entries, row: v.string()});
const restatedFigure = v.object({
  ...changedRow.entries,
  figure: v.string(),
  before: v.nullable(v.string()),
  after: v.nullable(v.string()),
});
const changedOrganization = v.object({
  ...organizationRow.entries,
  rowsAdded: v.number(),
  rowsGone: v.number(),
  figuresRestated: v.number(),
});

interface OfPartition {
  source: string;
  schoolYear: SchoolYear;
}

/** A row of a source's file that only one build has. `row` is the rest of its key, such as a grade or a category. */
export type RowChange = OfPartition & v.InferOutput<typeof changedRow>;

/**
 * A figure that differs in a row of both builds. `before` and `after` are values as text, or a status that is no value. A value that
 * the later build no longer has is null: what the publisher has withdrawn is not shown again.
 */
export type RestatedFigure = OfPartition & v.InferOutput<typeof restatedFigure>;

/**
 * What changed in a school year of a source. If the whole year is `added` or `gone`, its rows are only counted. The organizations
 * whose counts have changed by the most people come first.
 */
export interface PartitionChange extends OfPartition {
  kind: 'added' | 'gone' | 'changed';
  rowsAdded: number;
  rowsGone: number;
  figuresRestated: number;
  organizations: v.InferOutput<typeof changedOrganization>[];
}

export interface ChangedRows {
  partitions: PartitionChange[];
  added: RowChange[];
  gone: RowChange[];
  restated: RestatedFigure[];
}

/** The two sides of a comparison, as their databases are called. */
export type SideName = 'before' | 'after';

/**
 * Compares the sources' rows in two builds attached as `before` and `after`. Partitions with the same bytes are not read.
 *
 * @param later the build that was made later
 */
export async function compareRows(
  db: Database,
  before: Manifest,
  after: Manifest,
  later: SideName,
): Promise<ChangedRows> {
  await db.run(cellMacros.replaceAll('create macro', 'create or replace temp macro'));
  const result: ChangedRows = {partitions: [], added: [], gone: [], restated: []};
  for (const source of sources) {
    const [old, now] = [mapPartitions(source, before), mapPartitions(source, after)];
    for (const schoolYear of [...new Set([...old.keys(), ...now.keys()])].sort()) {
      if (old.get(schoolYear) === now.get(schoolYear)) continue;
      const change = old.has(schoolYear) && now.has(schoolYear) ? 'changed' : now.has(schoolYear) ? 'added' : 'gone';
      if (change === 'changed') await comparePartition(db, source, schoolYear, later, result);
      else await countPartition(db, source, schoolYear, change, result);
    }
  }
  return result;
}

/** Maps each school year of a source to the id of the file its rows were read from. */
function mapPartitions(source: Source, {inputs}: Manifest): Map<SchoolYear, string> {
  const ours = inputs.filter((input) => input.source === source.id);
  return new Map(
    ours.flatMap(({schoolYears, sha256, reshaped}) => schoolYears.map((year) => [year, reshaped ?? sha256])),
  );
}

async function countPartition(
  db: Database,
  source: Source,
  schoolYear: SchoolYear,
  kind: 'added' | 'gone',
  to: ChangedRows,
) {
  const {n} = await db.readOne(
    countRow,
    `select coalesce(sum(rows_loaded), 0)::bigint as n
      from ${kind === 'added' ? 'after' : 'before'}.raw.source_partition
      where source_id = $source and school_year = $schoolYear`,
    {source: source.id, schoolYear},
  );
  const counts = {rowsAdded: kind === 'added' ? n : 0, rowsGone: kind === 'gone' ? n : 0, figuresRestated: 0};
  to.partitions.push({source: source.id, schoolYear, kind, ...counts, organizations: []});
}

async function comparePartition(
  db: Database,
  source: Source,
  schoolYear: SchoolYear,
  later: SideName,
  to: ChangedRows,
): Promise<void> {
  await db.run(selectRows('before', source), {schoolYear});
  await db.run(selectRows('after', source), {schoolYear});
  const at = {source: source.id, schoolYear};
  const onlyIn = (one: string, other: string) =>
    db.read(
      changedRow,
      `select ${described} from ${one}_row where not exists (
        select 1 from ${other}_row where ${other}_row.key = ${one}_row.key) order by all`,
    );
  const added = await onlyIn('after', 'before');
  const gone = await onlyIn('before', 'after');
  await db.run(`create or replace temp table restated as ${selectRestated(source, later)}`);
  const figures = await db.read(
    restatedFigure,
    `select ${described}, figure, before, after from restated order by all`,
  );
  await db.run(`create or replace temp table change as
    select ${organization}, 1 as added, 0 as gone, 0 as restated, 0 as size from after_row where key not in (select key from before_row)
    union all
    select ${organization}, 0, 1, 0, 0 from before_row where key not in (select key from after_row)
    union all
    select ${organization}, 0, 0, 1, size from restated`);
  const organizations = await db.read(
    changedOrganization,
    `select * exclude (added, gone, restated, size), sum(added)::bigint as "rowsAdded", sum(gone)::bigint as "rowsGone",
        sum(restated)::bigint as "figuresRestated"
      from change group by all order by sum(size) desc, level, "districtCode", "districtName", "schoolCode", "schoolName"`,
  );
  if (organizations.length === 0) return;
  const counts = {rowsAdded: added.length, rowsGone: gone.length, figuresRestated: figures.length};
  to.partitions.push({...at, kind: 'changed', ...counts, organizations});
  for (const row of added) to.added.push({...at, ...row});
  for (const row of gone) to.gone.push({...at, ...row});
  for (const figure of figures) to.restated.push({...at, ...figure});
}

const organization = `level, district_code as "districtCode", district_name as "districtName", school_code as "schoolCode",
  school_name as "schoolName"`;
const described = `${organization}, row`;

/** Returns the statement that creates the table of one build's rows in `$schoolYear`: their names, and where their figures are. */
function selectRows(build: SideName, source: Source): string {
  const has = (id: string) => source.columns.some((column) => column.id === id);
  const kindOf = new Map(source.columns.map(({id, kind}) => [id, kind]));
  const keyPart = (id: string) =>
    `coalesce(${kindOf.get(id) === 'label' ? `name_key(${identifier(id)})` : identifier(id)}, '')`;
  const rest = source.key.filter((id) => !organizationKeys.includes(id));
  const optional = ['district_code', 'district_name', 'school_code', 'school_name'];
  return `create or replace temp table ${build}_row as
    select concat_ws(chr(31), ${source.key.map(keyPart).join(', ')}) as key, landed_sha256, line_number,
      ${has('organization_level') ? 'organization_level' : `'school'`} as level,
      ${optional.map((id) => (has(id) ? identifier(id) : `null::varchar as ${id}`)).join(', ')},
      ${rest.length > 0 ? `concat_ws(', ', ${rest.map(identifier).join(', ')})` : `''`} as row
    from ${build}.raw.${identifier(source.pivot?.rowTable ?? source.table)}
    where school_year = $schoolYear`;
}

const organizationKeys = ['school_year', 'organization_level', 'district_code', 'school_code'];

/** Returns the query of the figures that differ in rows of both builds, with the organization's current names. */
function selectRestated({table, pivot, columns, key}: Source, later: SideName): string {
  const now = 'a.level, a.district_code, a.district_name, a.school_code, a.school_name, a.row';
  const sides = (condition: string) => `from before_row as b join after_row as a using (key)
      join before.raw.${identifier(table)} as was on was.landed_sha256 = b.landed_sha256 and was.line_number = b.line_number
      join after.raw.${identifier(table)} as now on now.landed_sha256 = a.landed_sha256 and now.line_number = a.line_number
        ${condition}`;
  const read = (side: string, id: string, kind: Column['kind']) => {
    const value = `${side}.${identifier(id)}::varchar`;
    const status = kind === 'count' ? `${side}.${identifier(`${id}_status`)}` : `'missing'`;
    return `{value: ${value}, status: case when ${value} is null then ${status} end}`;
  };
  const compare = (figure: string, id: string, kind: Column['kind']) =>
    `{figure: ${figure}, before: ${read('was', id, kind)}, after: ${read('now', id, kind)}, is_count: ${kind === 'count'}}`;
  const figures = columns.filter(({id, kind}) => ['count', 'number', 'flag'].includes(kind) && !key.includes(id));
  const pairs = pivot
    ? `${compare(`was.${identifier(pivot.labelColumn)}`, pivot.countColumn, 'count')} as pair
      ${sides(`and now.${identifier(pivot.labelColumn)} = was.${identifier(pivot.labelColumn)}`)}`
    : `unnest([${figures.map(({id, label, kind}) => compare(literal(label), id, kind)).join(', ')}]) as pair ${sides('')}`;
  const show = (side: SideName) => {
    const shown = `coalesce(pair.${side}.value, pair.${side}.status)`;
    return `${side === later ? shown : `case when pair.${later}.status is null or pair.${side}.value is null then ${shown} end`} as ${side}`;
  };
  return `select * exclude (pair), pair.figure, ${show('before')}, ${show('after')},
      case when pair.is_count then coalesce(abs(try_cast(pair.after.value as double) - try_cast(pair.before.value as double)), 0) else 0 end as size
    from (select ${now}, ${pairs})
    where pair.before is distinct from pair.after`;
}
