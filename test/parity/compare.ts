import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import type {DataTest, Project} from '../../src/dbt/project/project.ts';
import {runUnitTests} from '../../src/dbt/run/unit-tests.ts';
import {type Database, identifier, literal} from '../../src/duckdb/database.ts';

/** What was compared, how many parts it has, and how the two sides differ. */
export interface Comparison {
  name: string;
  size: number;
  unit: 'rows' | 'tests' | 'built' | 'templates' | 'checks';
  differences: string[];
}

export interface Relation {
  schema: string;
  name: string;
  /** Whether the order of columns may differ. */
  inAnyOrder?: boolean;
}

/**
 * Compares a table of two attached databases in both directions: its columns with their types, and its rows with the number of
 * copies of each. Everything must be equal, except fractional numbers, which may differ by `tolerance` times the larger one.
 */
export async function compareTable(
  db: Database,
  [here, there]: readonly [string, string],
  {schema, name, inAnyOrder = false}: Relation,
  tolerance: number,
): Promise<Comparison> {
  const table = `${schema}.${name}`;
  const columnsOf = (side: string) =>
    db.rows(`select column_name, data_type from duckdb_columns() where database_name = ${literal(side)}
      and schema_name = ${literal(schema)} and table_name = ${literal(name)}
      order by ${inAnyOrder ? 'column_name' : 'column_index'}`);
  const listed = async (side: string) =>
    (await columnsOf(side)).map(({column_name, data_type}) => `${column_name} ${data_type}`);
  const [ours, theirs] = [await listed(here), await listed(there)];
  const compared: Comparison = {name: table, size: 0, unit: 'rows', differences: []};
  if (theirs.length === 0) return {...compared, differences: [`it is not there in ${there}`]};
  if (ours.join() !== theirs.join()) {
    const only = (some: string[], others: string[]) => some.filter((one) => !others.includes(one)).join(', ') || 'none';
    const what =
      ours.toSorted().join() === theirs.toSorted().join()
        ? 'the columns are in another order'
        : `columns only in ${here}: ${only(ours, theirs)}; only in ${there}: ${only(theirs, ours)}`;
    return {...compared, differences: [what]};
  }
  const columns = await columnsOf(here);
  const isFraction = ({data_type}: (typeof columns)[number]) => data_type === 'DOUBLE' || data_type === 'FLOAT';
  const fractions = columns.filter(isFraction).map(({column_name}) => identifier(String(column_name)));
  const exact = columns.filter((column) => !isFraction(column)).map(({column_name}) => identifier(String(column_name)));
  // Rows that are equal in all exact columns are paired in the order of their fractions.
  const numbered = (side: string) => `(select *, row_number() over (
    ${exact.length > 0 ? `partition by ${exact.join(', ')}` : ''}
    ${fractions.length > 0 ? `order by ${fractions.join(', ')}` : ''}) as nth
    from ${identifier(side)}.${identifier(schema)}.${identifier(name)})`;
  const isNear = fractions.map(
    (column) => `coalesce(a.${column} is not distinct from b.${column}
      or abs(a.${column} - b.${column}) <= ${tolerance} * greatest(abs(a.${column}), abs(b.${column})), false)`,
  );
  const paired = `from ${numbered(here)} as a full join ${numbered(there)} as b
    on ${[...exact, 'nth'].map((column) => `a.${column} is not distinct from b.${column}`).join(' and ')}`;
  const isFar = isNear.length > 0 ? `not (${isNear.join(' and ')})` : 'false';
  const [counts = {}] = await db.rows(`select count(a.nth) as size, count(*) filter (b.nth is null) as only_here,
    count(*) filter (a.nth is null) as only_there, count(*) filter (a.nth = b.nth and ${isFar}) as far ${paired}`);
  const {size, only_here: onlyHere, only_there: onlyThere, far} = counts;
  const example = async (side: 'a' | 'b', condition: string) =>
    JSON.stringify((await db.rows(`select ${side}.* exclude (nth) ${paired} where ${condition} limit 1`))[0]);
  const differences: string[] = [];
  if (onlyHere !== 0)
    differences.push(`${onlyHere} rows only in ${here}, such as ${await example('a', 'b.nth is null')}`);
  if (onlyThere !== 0)
    differences.push(`${onlyThere} rows only in ${there}, such as ${await example('b', 'a.nth is null')}`);
  if (far !== 0) {
    const condition = `a.nth = b.nth and ${isFar}`;
    differences.push(
      `${far} rows with another fraction, such as ${await example('a', condition)} in ${here}, ${await example('b', condition)} in ${there}`,
    );
  }
  return {...compared, size: Number(size), differences};
}

interface Manifest {
  nodes: Record<
    string,
    {resource_type: string; name: string; test_metadata?: {name: string; kwargs: Record<string, unknown>}}
  >;
}

interface RunResults {
  results: {unique_id: string; status: string; failures: number | null; message: string | null}[];
}

/**
 * Compares the tests: both sides must have the same ones, each data test with the same number of failing rows, each unit test
 * with the same outcome. Everything else that dbt did must have succeeded.
 *
 * @param db Rollcall's build
 * @param target dbt's target folder
 */
export async function compareTests(db: Database, project: Project, target: string): Promise<Comparison[]> {
  const json = async (name: string) => JSON.parse(await readFile(join(target, name), 'utf8')) as unknown;
  const {nodes} = (await json('manifest.json')) as Manifest;
  const {results} = (await json('run_results.json')) as RunResults;
  const built: Comparison = {name: 'seeds and models', size: 0, unit: 'built', differences: []};
  const dataTests = new Map<string, string>();
  const unitTests = new Map<string, string>();
  for (const {unique_id: id, status, failures, message} of results) {
    const node = nodes[id];
    if (node?.resource_type === 'test') {
      dataTests.set(
        node.test_metadata ? makeDbtKey(node.test_metadata) : node.name,
        String(failures ?? (status === 'error' ? `error: ${message}` : status)),
      );
    } else if (id.startsWith('unit_test.')) {
      unitTests.set(id.split('.').slice(-2).join('.'), status === 'error' ? `error: ${message}` : status);
    } else if (!id.startsWith('exposure.')) {
      built.size++;
      if (status !== 'success') built.differences.push(`${id}: ${message ?? status}`);
    }
  }
  const rows = await db.rows('select path, test_name, failing_count from audit.test_result');
  const failing = new Map(rows.map((row) => [`${row['path']} ${row['test_name']}`, row['failing_count']]));
  const ours = project.tests.map((test) => [makeKey(test), String(failing.get(`${test.path} ${test.name}`))] as const);
  const ourUnitTests = (await runUnitTests(db, buildGraph(project))).map(
    ({model, name, status}) => [`${model}.${name}`, status === 'pass' ? 'pass' : 'fail'] as const,
  );
  return [
    built,
    compareOutcomes('data tests', new Map(ours), dataTests),
    compareOutcomes('unit tests', new Map(ourUnitTests), unitTests),
  ];
}

function compareOutcomes(
  name: string,
  ours: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
): Comparison {
  const differences: string[] = [];
  const skipped = [...theirs].filter(([, outcome]) => outcome === 'skipped').map(([key]) => key);
  for (const key of new Set([...ours.keys(), ...theirs.keys()]).difference(new Set(skipped))) {
    const [here, there] = [ours.get(key) ?? 'no such test', theirs.get(key) ?? 'no such test'];
    if (here !== there) differences.push(`${key}: here ${here}, with dbt ${there}`);
  }
  if (skipped.length > 0) differences.push(`${skipped.length} skipped by dbt, such as ${skipped[0]}`);
  return {name, size: ours.size, unit: 'tests', differences};
}

/** Returns a key of a generic test: two are the same test if their kind, table and arguments are equal. */
function makeKey({name, target}: DataTest): string {
  if (target.kind === 'singular') return name;
  const on = 'ref' in target.relation ? target.relation.ref : target.relation.source.join('.');
  return formatKey(target.test, on, target.arguments);
}

function makeDbtKey({name, kwargs: {model, ...args}}: {name: string; kwargs: Record<string, unknown>}): string {
  const on = /(?:ref|source)\((.*?)\)/.exec(String(model))?.[1]?.replaceAll(/['\s]/g, '').replaceAll(',', '.') ?? '';
  return formatKey(name, on, args);
}

function formatKey(test: string, on: string, args: Record<string, unknown>): string {
  const sorted = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return [test, on, ...sorted.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
