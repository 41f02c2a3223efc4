/**
 * Runs on the data of each host in the arguments, one after another, in new home directories. Prints how each run ended, as JSON lines.
 * Tests start it as a process to measure its memory.
 */
import {existsSync} from 'node:fs';
import {locateHome} from '../../src/home.ts';
import {run} from '../../src/runs/run.ts';
import {patience} from '../incoming/live-run.ts';
import {recordProgress} from './pipeline.ts';
import {sampleList} from './state.ts';
import {makeTemporaryFolder} from './temporary.ts';

for (const url of process.argv.slice(2)) {
  const home = locateHome(makeTemporaryFolder('live'));
  const host = {url, patience: {...patience, retries: 0}};
  const options = {home, from: 'live', schoolList: sampleList, years: ['2020-21'], host};
  const {name, message} = await run(options, recordProgress()).then(
    () => ({name: 'none', message: 'it published'}),
    (error: Error) => error,
  );
  console.log(JSON.stringify({name, message, isPublished: existsSync(home.published)}));
}
