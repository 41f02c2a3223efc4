import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../src/project-folder.ts';
import {drawCurves, drawPicture, drawRatios} from './chart.ts';
import type {Setting} from './keep.ts';
import {
  findModelSeconds,
  type Ratio,
  renderRatioTable,
  renderScaleTable,
  renderSparkTable,
  type Scaled,
} from './tables.ts';

// Writes the results in bench/results/ into docs/performance.md and its picture: node bench/page.ts

type Kept<T> = Setting & {results: T[]};

async function readResult<T>(name: string): Promise<Kept<T>> {
  return JSON.parse(await readFile(join(import.meta.dirname, 'results', `${name}.json`), 'utf8')) as Kept<T>;
}

function describeSetting({date, machine}: Setting): string {
  const memory = `${(machine.memory / 1e9).toFixed(1)} GB`;
  return `Measured on ${date}: ${machine.cores} cores (${machine.cpu.trim()}), ${memory}, Node ${machine.node.slice(1)}, DuckDB ${machine.duckdb.slice(1)}.`;
}

/** Renders the page and its picture, by their paths in the checkout. */
export async function renderPerformancePage(): Promise<Map<string, string>> {
  const [region, state] = [await readResult<Ratio>('ratios-300x2'), await readResult<Ratio>('ratios-2000x10')];
  const [scale, spark] = [await readResult<Scaled>('scale'), await readResult<Scaled>('spark')];
  const blocks: Record<string, string> = {
    region: `${renderRatioTable(region.results)}\n\n${describeSetting(region)}`,
    state: `${renderRatioTable(state.results)}\n\n${describeSetting(state)}`,
    scale: `${renderScaleTable(scale.results)}\n\n${describeSetting(scale)}`,
    spark: `${renderSparkTable(spark.results)}\n\n${describeSetting(spark)}`,
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
  const svg = drawPicture(
    [
      drawRatios(region.results, 'The region’s size: Rollcall’s time relative to the other’s'),
      drawRatios(state.results, 'A state’s ten years: the same'),
      drawCurves(
        'Time relative to a run on one school year of one state',
        [
          line('whole run', true, scale, ({seconds}) => seconds / unit),
          line('its models', true, scale, (each) => findModelSeconds(each) / unit),
          line('the models on Spark', false, spark, ({seconds}) => seconds / unit),
        ],
        {ticks: [0.1, 1, 10, 100, 1000], unit: ' ×'},
      ),
      drawCurves(
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
  for (const [path, text] of await renderPerformancePage()) await writeFile(join(projectFolder, path), text);
}
