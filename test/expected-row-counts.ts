import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'csv-parse/sync';
import {stringify} from 'csv-stringify/sync';
import {openBuild, requirePublished} from '../src/builds/published.ts';
import {locateHome} from '../src/home.ts';
import {projectFolder} from '../src/project-folder.ts';
import {buildFrom} from './support/pipeline.ts';

/*
 * npm run expected [HOME]
 *
 * Rewrites dbt/seeds/expected_row_counts.csv: the row counts of the published build of HOME (default: the sample) replace
 * the ones expected of the same data sets and school years. Review the difference.
 */

interface Count {
  data_set: string;
  table_name: string;
  school_year: string;
  row_count: string;
}

const seed = join(projectFolder, 'dbt', 'seeds', 'expected_row_counts.csv');
const [given] = process.argv.slice(2);
let home = given;
if (home === undefined) {
  const built = await buildFrom('sample');
  built.close();
  home = built.home;
}
const db = await openBuild(await requirePublished(locateHome(home)));
const counted = (await db.rows(`select data_set, table_name, school_year, row_count from audit.table_row_count
  where data_set in ('sample', 'live')`)) as unknown as Count[];
db.close();

const partition = ({data_set, school_year}: Count) => `${data_set} ${school_year}`;
const renewed = new Set(counted.map(partition));
const kept = (parse(await readFile(seed, 'utf8'), {columns: true}) as Count[]).filter(
  (count) => !renewed.has(partition(count)),
);
const order = (count: Count) => `${count.data_set} ${count.table_name} ${count.school_year}`;
const all = [...kept, ...counted].sort((a, b) => (order(a) < order(b) ? -1 : 1));
await writeFile(seed, stringify(all, {header: true, columns: ['data_set', 'table_name', 'school_year', 'row_count']}));
process.stdout.write(`${counted.length} row counts of ${[...renewed].sort().join(', ') || 'nothing'} → ${seed}\n`);
