import {parseArgs} from 'node:util';
import {keep} from './keep.ts';
import {runOf, sizeOptions, sizesIn} from './sizes.ts';
import {type Scaled, scaleTable} from './tables.ts';

/*
 * npm run bench:scale [-- --sizes 1x1,1x10,10x10,50x10@8GB] [--in DIR] [--keep]
 *
 * How time and memory grow: a whole run, files to published build, on so many invented states × school years, with so much memory
 * allowed. --keep writes what was measured to bench/results/, each size as it is done. The files of fifty states and ten years take
 * 6 GB, and their home up to 14 GB.
 */

const {values} = parseArgs({
  options: {...sizeOptions, sizes: {type: 'string', default: '1x1,1x10,10x10,50x10@8GB'}},
});

const results: Scaled[] = [];
for (const size of sizesIn(values.sizes)) {
  results.push(await runOf(size, values.in, async (run) => run));
  if (values.keep) await keep('scale', {results});
}
process.stdout.write(`${scaleTable(results)}\n`);
