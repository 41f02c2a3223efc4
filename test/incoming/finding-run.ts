import {locateHome} from '../../src/home.ts';
import type {RunOptions} from '../../src/runs/options.ts';
import {planRun} from '../../src/runs/plan.ts';
import type {SchoolYear} from '../../src/school-year.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {patience} from './live-run.ts';

/** Returns the options of a run that looks in the host's catalogue; without years, for all of them. */
export function findingFrom(host: Socrata, years?: SchoolYear[]): RunOptions {
  return {
    home: locateHome(makeTemporaryFolder('finding')),
    from: 'live',
    schoolList: sampleList,
    ...(years && {years}),
    host: {url: host.url, patience},
  };
}

/** Plans a run, and lists its partitions as `source year dataset`, without those of the school list. */
export async function plan(options: RunOptions) {
  const notes: string[] = [];
  const planned = await planRun(options, (text) => notes.push(text));
  const rows = planned.plan.partitions.map(({source, schoolYear, from}) => `${source} ${schoolYear} ${from}`);
  return {...planned, rows: rows.filter((row) => !row.startsWith('school-list')), notes: notes.join('\n')};
}

/** Rows of a year after the declared ones. */
export const newYear = enrollmentOf2020.replaceAll('2020-21', '2025-26');

export const nameOf = (year: string) => `Report Card Enrollment ${year} School Year`;

/** Starts the stand-in for the state's host, with teachers of a year that only the catalogue knows. */
export async function startWithTeachersOf2025(): Promise<Socrata> {
  const state = await startState();
  const teachers = await (await fetch(`${state.url}/api/views/y59b-6pu8/rows.csv`)).text();
  state.set('tttt-1111', {
    name: 'Report Card Teacher Demographics 2025-26 School Year',
    csv: teachers.replaceAll('2020-21', '2025-26'),
  });
  return state;
}
