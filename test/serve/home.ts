import {mkdirSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Manifest} from '../../src/builds/manifest.ts';
import {type Home, locateHome} from '../../src/home.ts';
import {Ledger, type Outcome} from '../../src/ledger/ledger.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {thresholds} from '../support/thresholds.ts';

/** Makes a home directory by hand, with only the parts that the server reads, because a real build takes too long. */
export function makeHome(): Home {
  return locateHome(makeTemporaryFolder('home'));
}

export function writeBuild(
  home: Home,
  id: string,
  {
    site = {},
    warehouse = '',
    ...manifested
  }: {site?: Record<string, string>; warehouse?: string} & Partial<Manifest> = {},
) {
  const folder = join(home.builds, id);
  mkdirSync(folder, {recursive: true});
  const manifest: Manifest = {
    build: id,
    fingerprint: id,
    builtAt: '2026-01-05T14:00:00.000Z',
    isSample: false,
    schoolYears: ['2020-21'],
    inputs: [],
    versions: {rollcall: '0.1.0', duckdb: 'v1.5.5', node: process.version},
    code: {},
    thresholds,
    rows: {in: 7, loaded: 7, rejected: 0},
    tables: {},
    checks: {passed: 0, warned: 0},
    tests: {passed: 0, warned: 0},
    results: [],
    steps: [],
    bytes: warehouse.length,
    ...manifested,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'warehouse.duckdb'), warehouse);
  for (const [path, text] of Object.entries(site)) {
    mkdirSync(dirname(join(folder, 'site', path)), {recursive: true});
    writeFileSync(join(folder, 'site', path), text);
  }
}

export function switchTo(home: Home, id: string) {
  symlinkSync(join('builds', id), `${home.published}.new`);
  renameSync(`${home.published}.new`, home.published);
}

/** Writes a run into the ledger with its start and, unless it is still running, its end. */
export function writeRun(
  home: Home,
  at: string,
  outcome?: Outcome,
  more: {options?: object; error?: string; command?: string; events?: (ledger: Ledger, run: number) => void} = {},
): number {
  const {options = {from: 'live'}, error, command = 'run', events} = more;
  const ledger = Ledger.open(
    home.ledger,
    () => {},
    () => new Date(at),
  );
  const run = ledger.startRun(command, options, 'f2b0c5b4-0000-4000-8000-000000000000');
  ledger.startStep(run, 1, 'plan');
  ledger.endStep(run, 1, 'done', 0.5, '2 <files> to land');
  events?.(ledger, run);
  if (outcome)
    ledger.endRun(run, outcome, {seconds: 12, exitCode: outcome === 'failed' ? 1 : 0, ...(error && {error})});
  ledger.close();
  return run;
}
