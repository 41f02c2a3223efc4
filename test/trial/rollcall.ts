/** The command as a user runs it: its own process, a temporary home. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestFn, test} from 'node:test';
import {parse} from 'csv-parse/sync';
import type {Answer} from './expected.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = process.env['ROLLCALL_TRIAL_DATA'];
export const hasTrialData = FOLDER !== undefined && FOLDER !== '';

/** Returns the folder of the trial's data. Call it only if hasTrialData. */
export function findTrialFolder(): string {
  if (!FOLDER) throw new Error('ROLLCALL_TRIAL_DATA is not set');
  return FOLDER;
}

/** Declares a test that is skipped without trial data. */
export function testTrial(name: string, run: TestFn) {
  test(name, {skip: hasTrialData ? false : 'the folder of real files, ROLLCALL_TRIAL_DATA is not set'}, run);
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export function rollcall(home: string, ...words: string[]): Promise<Outcome> {
  // The report has its own tests, and takes longer than the rest of a run.
  const without = words[0] === 'run' ? ['--no-site'] : [];
  const argv = [join(ROOT, 'bin/rollcall.js'), ...words, ...without, '--home', home];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, {cwd: ROOT, maxBuffer: 2 ** 28}, (error, stdout, stderr) => {
      resolve({code: error === null ? 0 : Number(error.code), stdout, stderr});
    });
  });
}

/** Runs a command that must exit with 0. */
export async function requireRollcall(home: string, ...words: string[]): Promise<Outcome> {
  const outcome = await rollcall(home, ...words);
  assert.equal(outcome.code, 0, `rollcall ${words.join(' ')}\n${outcome.stderr}${outcome.stdout.slice(0, 2000)}`);
  return outcome;
}

export async function query(home: string, sql: string): Promise<Answer[]> {
  return JSON.parse((await requireRollcall(home, 'sql', sql, '--format', 'json')).stdout) as Answer[];
}

export interface Printed {
  json: string;
  rows: Answer[];
  csvHeader: string;
  csvRows: string[][];
  stderr: string;
}

/** Asks for an answer as JSON and as CSV: `ask(home, 'representation --by group')`. */
export async function ask(home: string, question: string): Promise<Printed> {
  const words = ['answer', ...question.split(' ')];
  const [json, csv] = await Promise.all([
    requireRollcall(home, ...words, '--format', 'json'),
    requireRollcall(home, ...words, '--format', 'csv'),
  ]);
  return {
    json: json.stdout,
    rows: (JSON.parse(json.stdout) as Answer[]).map(({origin, ...row}) => {
      assert.equal(typeof origin, 'string');
      return row;
    }),
    csvHeader: csv.stdout.split(/\r?\n/)[0] ?? '',
    csvRows: parse(csv.stdout, {from: 2}) as string[][],
    stderr: json.stderr,
  };
}

const homes: string[] = [];

export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-trial-'));
  homes.push(folder);
  return folder;
}

export function removeTemporaryFolders() {
  for (const folder of homes.splice(0)) rmSync(folder, {recursive: true, force: true});
}
