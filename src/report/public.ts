import * as v from 'valibot';
import {type Database, identifier, literal, open, type Row} from '../duckdb/database.ts';
import {fewestShown} from '../words/fewest-shown.ts';

/**
 * What a public report may repeat (decision 44). Counts of 1 to 9 people are left out for programs and for Gender X, and so is
 * everything in their row that follows from them. A program and its complement are left out together, because all students minus
 * the one are the other.
 */
const isFew = (count: string) => `${count} between 1 and ${fewestShown - 1}`;

const isProgram = `demographic_group_id in (
  select demographic_group_id from build.core.dim_demographic_group where category_type = 'program')`;
/** The groups whose small counts are left out, as a condition on `demographic_group_id`. */
export const isConcerned = `(${isProgram} or demographic_group_id = 'gender_x')`;
/** Whole numbers that say nothing of a single group. */
const ofEveryGroup = new Set([
  'all_students_count',
  'all_teachers_count',
  'compared_school_count',
  'matched_school_count',
  'matched_since_first_school_count',
  'school_rank',
  'previous_rank',
  'tied_beyond',
]);

const column = v.object({schema: v.string(), table: v.string(), name: v.string(), type: v.string()});
type Column = v.InferOutput<typeof column>;

/** Opens a warehouse as a public report may show it. Every table has its usual name. */
export async function openPublic(warehouse: string): Promise<Database> {
  const db = await open();
  // A report asks hundreds of small queries, which two threads answer with a quarter more work than one.
  await db.run('set threads = 1');
  await db.run(`attach ${literal(warehouse)} as build (read_only)`);
  const columns = await db.read(
    column,
    `select schema_name as "schema", table_name as "table", column_name as name, data_type as type
      from duckdb_columns() where database_name = 'build' and not internal order by schema_name, table_name, column_index`,
  );
  const tables = Map.groupBy(columns, ({schema, table}) => `${identifier(schema)}.${identifier(table)}`);
  const schemas = new Set(columns.map(({schema}) => `create schema if not exists ${identifier(schema)}`));
  const views = [...tables].map(([name, of]) => `create view ${name} as ${selectPublic(name, of)}`);
  await db.run([...schemas, ...views].join(';\n'));
  return db;
}

function selectPublic(name: string, columns: readonly Column[]): string {
  const has = (id: string) => columns.some((each) => each.name === id);
  if (columns[0]?.schema !== 'marts' || !has('demographic_group_id')) return `select * from build.${name}`;
  const few = [
    ...(has('student_count') ? [isFew('student_count')] : []),
    ...(has('all_students_count') ? [`(${isProgram} and ${isFew('all_students_count - student_count')})`] : []),
    ...(has('teacher_count') ? [isFew('teacher_count')] : []),
  ];
  const shown = columns.flatMap((each) => {
    const id = identifier(each.name);
    if (each.name === 'printed_student_count') return [];
    if (each.name.endsWith('_count_status'))
      return [`case when is_left_out and ${id} = 'value' then 'left_out' else ${id} end as ${id}`];
    if (ofEveryGroup.has(each.name) || !/INT|DOUBLE|FLOAT|DECIMAL/.test(each.type)) return [id];
    // A change and the count of the year after give the count of the year before.
    return [`case when ${/change/.test(each.name) ? 'not is_concerned' : 'not is_left_out'} then ${id} end as ${id}`];
  });
  // A ranking without some of its rows would say something else. It is left out as a whole.
  const list = ['school_year', 'region_id', 'school_type', 'demographic_group_id'].filter(has).join(', ');
  const whole = has('school_rank') ? `qualify not bool_or(is_left_out) over (partition by ${list})` : '';
  return `select ${shown.join(', ')}
    from (
      select *, ${isConcerned} as is_concerned, ${isConcerned} and coalesce(${few.join(' or ')}, false) as is_left_out
      from build.${name}
    ) ${whole}`;
}

/**
 * Leaves out the groups of fewer than 10 teachers from an answer about experience and degrees. The others' figures are rounded, so
 * that nobody can subtract them from those of all teachers.
 */
export function limitExperience(rows: readonly Row[]): Row[] {
  const round = (value: unknown, digits: number) => (typeof value === 'number' ? Number(value.toFixed(digits)) : null);
  return rows.flatMap((row) => {
    const {teacher_count: teachers, average_years: years, masters_share: share} = row;
    if (years === undefined || share === undefined) return [row];
    return Number(teachers) < fewestShown
      ? []
      : [{...row, average_years: round(years, 1), masters_share: round(share, 2)}];
  });
}
