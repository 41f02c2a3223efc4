import type {TestResult} from '../warehouse/data-tests.ts';
import type {UnitTestResult} from '../warehouse/unit-tests.ts';
import {render} from './table.ts';
import {onError, tell} from './terminal.ts';

/* What checks and tests found, for people: on standard error. */

const samplesOfWarning = 3;

/** Tests that warned or failed: their names and files, some of the rows, and what the rows are made of. */
export function reportTests(tests: readonly TestResult[]): void {
  for (const {status, name, path, description, failing, samples, paths} of tests) {
    if (status === 'pass') continue;
    tell(
      `  ${label(status)} ${name} (dbt/${path}) · ${failing.toLocaleString('en-US')} ${failing === 1 ? 'row' : 'rows'}`,
    );
    if (description !== undefined) detail(`expected: ${description}`);
    const rows = status === 'error' ? samples : samples.slice(0, samplesOfWarning);
    const columns = Object.keys(rows[0] ?? {});
    detail(...render({columns, rows}, 'table', {width: process.stderr.columns}).trimEnd().split('\n'));
    if (rows.length < failing) detail(`… ${(failing - rows.length).toLocaleString('en-US')} more`);
    if (status === 'error') detail(...paths);
  }
}

/** Unit tests that failed: the rows expected (-) beside those made (+). */
export function reportUnitTests(unitTests: readonly UnitTestResult[]): void {
  for (const {status, name, model, path, description, found} of unitTests) {
    if (status === 'pass') continue;
    tell(`  ${label(status)} ${name} of ${model} (dbt/${path}): - expected, + made`);
    if (description !== undefined) detail(description);
    for (const line of found) {
      const style = line.startsWith('-') ? 'red' : line.startsWith('+') ? 'green' : 'dim';
      tell(`      ${onError(style, line)}`);
    }
  }
}

export function label(status: string): string {
  return status === 'error' ? onError('red', 'failed') : onError('yellow', 'warned');
}

function detail(...lines: string[]): void {
  for (const line of lines) tell(`      ${onError('dim', line)}`);
}
