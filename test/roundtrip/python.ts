import {execFile} from 'node:child_process';
import {cp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {projectFolder} from '../../src/runs/home.ts';

const execute = promisify(execFile);

/** The folder of programs of a virtual environment with what requirements.txt names, which is made where it isn't there yet. */
export async function pythonPrograms(): Promise<string> {
  const environment = join(projectFolder, 'node_modules', '.cache', 'rollcall-roundtrip');
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const installed = join(environment, 'installed.txt');
  const programs = join(environment, 'bin');
  const wanted = await readFile(requirements, 'utf8');
  if (wanted === (await readFile(installed, 'utf8').catch(() => ''))) return programs;
  process.stderr.write('installing what test/roundtrip/requirements.txt names…\n');
  await rm(environment, {recursive: true, force: true});
  await execute('python3', ['-m', 'venv', environment]);
  await execute(join(programs, 'pip'), ['install', '--quiet', '--requirement', requirements]);
  await cp(requirements, installed);
  return programs;
}
