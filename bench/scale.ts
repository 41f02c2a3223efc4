import {parseArgs} from 'node:util';
import {keep} from './keep.ts';
import {runOf, sizeOptions, sizesIn} from './sizes.ts';
import {type Scaled, scaleTable} from './tables.ts';

/*
 * npm run bench:scale [-- --sizes 1x1,1x10,10x10,50x10] [--memory 2GB] [--in DIR] [--keep]
 *
 * How time and memory grow: a whole run, files to published build, on so many invented states × school years. --keep writes what
 * was measured to bench/results/, each size as it is done. The files of fifty states and ten years take 6 GB, and their home up to 50 GB.
 */

const {values} = parseArgs({
  options: {
    ...sizeOptions,
    sizes: {type: 'string', default: '1x1,1x10,10x10,50x10'},
    memory: {type: 'string', default: '2GB'},
  },
});

const results: Scaled[] = [];
for (const size of sizesIn(values.sizes)) {
  const place = {parent: values.in, env: {ROLLCALL_MEMORY: values.memory}};
  results.push(await runOf(size, place, async (run) => run));
  if (values.keep) await keep('scale', {memory: values.memory, results});
}
process.stdout.write(`${scaleTable(results)}\n`);
