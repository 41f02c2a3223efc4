import {mkdtemp, readdir, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Build} from '../src/builds/find.ts';
import {requirePublished} from '../src/builds/published.ts';
import {locateHome} from '../src/home.ts';
import {projectFolder} from '../src/project-folder.ts';
import {printLine} from '../test/parity/programs.ts';
import {measure} from './measure.ts';
import {writeStates} from './states.ts';
import type {Scaled} from './tables.ts';

/** The options of a command that measures several sizes. */
export const sizeOptions = {
  sizes: {type: 'string', default: '1x1,1x10,10x10'},
  in: {type: 'string', default: tmpdir()},
  keep: {type: 'boolean', default: false},
} as const;

export interface Size {
  states: number;
  years: number;
  /** The value of ROLLCALL_MEMORY. */
  memory: string;
}

/** Parses `1x1,50x10@8GB`: invented states × school years, with a memory limit (2 GB by default). */
export function parseSizes(text: string): Size[] {
  return text.split(',').map((size) => {
    const [, states, years, memory = '2GB'] = /^(\d+)x(\d+)(?:@(\w+))?$/.exec(size) ?? [];
    if (!(Number(states) > 0 && Number(years) > 0))
      throw new Error(`--sizes: ${size} is not states x years, such as 10x10 or 50x10@8GB.`);
    return {states: Number(states), years: Number(years), memory};
  });
}

/**
 * Measures a whole run on files of this size, in a temporary folder that is removed after `use`.
 *
 * @param parent the folder to put that folder in
 */
export async function withRun<T>(
  {states, years, memory}: Size,
  parent: string,
  use: (run: Scaled, build: Build, work: string) => Promise<T>,
): Promise<T> {
  const work = await mkdtemp(join(parent, 'rollcall-bench-'));
  const [files, home] = [join(work, 'files'), join(work, 'home')];
  try {
    printLine(`writing the files of ${states} × ${years}`);
    await writeStates(files, {states, years, schools: 2000, seed: 1});
    printLine('a run on them');
    const program = join(projectFolder, 'bin', 'rollcall.js');
    const args = [program, 'run', '--no-site', '--from', files, '--home', home];
    const {seconds, peak} = await measure(process.execPath, args, {env: {ROLLCALL_MEMORY: memory}});
    const build = await requirePublished(locateHome(home));
    const {rows, tables, bytes, steps} = build.manifest;
    const run = {
      states,
      years,
      memory,
      rowsIn: rows.in,
      rowsOut: Object.values(tables).reduce((sum, count) => sum + count, 0),
      figures: tables['raw.ospi_enrollment'] ?? 0,
      seconds,
      peak,
      bytes: {files: await sizeOf(files), warehouse: bytes},
      steps,
    };
    return await use(run, build, work);
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
