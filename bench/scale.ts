import {parseArgs} from 'node:util';
import {keep} from './keep.ts';
import {parseSizes, sizeOptions, withRun} from './sizes.ts';
import {renderScaleTable, type Scaled} from './tables.ts';

/*
 * npm run bench:scale [-- --sizes 1x1,1x10,10x10,50x10@8GB] [--in DIR] [--keep]
 *
 * Measures how time and memory grow: a whole run, from files to published build, on invented states × school years, within a memory
 * limit. --keep writes each size to bench/results/ as it is done. The files of fifty states and ten years take 6 GB, and their home
 * directory up to 14 GB.
 */

const {values} = parseArgs({
  options: {...sizeOptions, sizes: {type: 'string', default: '1x1,1x10,10x10,50x10@8GB'}},
});

const results: Scaled[] = [];
for (const size of parseSizes(values.sizes)) {
  results.push(await withRun(size, values.in, async (run) => run));
  if (values.keep) await keep('scale', {results});
}
process.stdout.write(`${renderScaleTable(results)}\n`);
