import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../src/project-folder.ts';
import {curve, picture, ratios} from './chart.ts';
import type {Setting} from './keep.ts';
import {modelling, type Ratio, ratioTable, type Scaled, scaleTable, sparkTable} from './tables.ts';

// Puts what bench/results/ has into docs/performance.md and its picture: node bench/page.ts

type Kept<T> = Setting & {results: T[]};

async function kept<T>(name: string): Promise<Kept<T>> {
  return JSON.parse(await readFile(join(import.meta.dirname, 'results', `${name}.json`), 'utf8')) as Kept<T>;
}

function where({date, machine}: Setting): string {
  const memory = `${(machine.memory / 1e9).toFixed(1)} GB`;
  return `Measured on ${date}: ${machine.cores} cores (${machine.cpu.trim()}), ${memory}, Node ${machine.node.slice(1)}, DuckDB ${machine.duckdb.slice(1)}.`;
}

/** The page and its picture, by their paths from the checkout on. */
export async function performancePage(): Promise<Map<string, string>> {
  const [region, state] = [await kept<Ratio>('ratios-300x2'), await kept<Ratio>('ratios-2000x10')];
  const [scale, spark] = [await kept<Scaled>('scale'), await kept<Scaled>('spark')];
  const blocks: Record<string, string> = {
    region: `${ratioTable(region.results)}\n\n${where(region)}`,
    state: `${ratioTable(state.results)}\n\n${where(state)}`,
    scale: `${scaleTable(scale.results)}\n\n${where(scale)}`,
    spark: `${sparkTable(spark.results)}\n\n${where(spark)}`,
  };
  const path = 'docs/performance.md';
  let text = await readFile(join(projectFolder, path), 'utf8');
  for (const [name, block] of Object.entries(blocks)) {
    text = text.replace(
      new RegExp(`(<!-- bench ${name} -->\n).*?(<!-- end -->)`, 's'),
      (_, before, after) => `${before}\n${block}\n\n${after}`,
    );
  }
  const unit = scale.results[0]?.seconds ?? 1;
  const line = (name: string, isOurs: boolean, {results}: Kept<Scaled>, of: (each: Scaled) => number) => ({
    name,
    isOurs,
    points: results.map((each) => ({x: each.states * each.years, y: of(each)})),
  });
  const svg = picture(
    [
      ratios(region.results, 'The region’s size: Rollcall’s time relative to the other’s'),
      ratios(state.results, 'A state’s ten years: the same'),
      curve(
        'Time relative to a run on one school year of one state',
        [
          line('whole run', true, scale, ({seconds}) => seconds / unit),
          line('its models', true, scale, (each) => modelling(each) / unit),
          line('the models on Spark', false, spark, ({seconds}) => seconds / unit),
        ],
        {ticks: [0.1, 1, 10, 100, 1000], unit: ' ×'},
      ),
      curve(
        'Peak memory',
        [line('Rollcall', true, scale, ({peak}) => peak / 1e9), line('Spark', false, spark, ({peak}) => peak / 1e9)],
        {ticks: [0.25, 0.5, 1, 2, 4, 8, 16, 32], unit: ' GB'},
      ),
    ],
    'Ratios of time at two sizes, and how time and memory grow with the data; the figures are in docs/performance.md',
  );
  return new Map([
    [path, text],
    ['docs/performance.svg', svg],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of await performancePage()) await writeFile(join(projectFolder, path), text);
}
