import type {TestResult} from '../dbt/run/data-tests.ts';
import type {UnitTestResult} from '../dbt/run/unit-tests.ts';
import type {Row, Value} from '../duckdb/database.ts';
import {formatCounted} from '../words/count.ts';
import {formatCount} from '../words/format.ts';
import {colorStderr, tell} from './terminal.ts';

const samplesOfWarning = 3;

/** Reports tests that warned or failed to standard error: name, file, some of the rows, and the upstream tables. */
export function reportTests(tests: readonly TestResult[]): void {
  for (const {status, name, path, description, failing, samples, paths} of tests) {
    if (status === 'pass') continue;
    tell(`  ${formatStatus(status)} ${name} (dbt/${path}) · ${formatCounted(failing, 'row')}`);
    if (description !== undefined) tellDetails(description);
    const rows = status === 'error' ? samples : samples.slice(0, samplesOfWarning);
    tellDetails(...formatRows(rows));
    if (rows.length < failing) tellDetails(`… ${formatCount(failing - rows.length)} more`);
    if (status === 'error') tellDetails(...paths);
  }
}

/** Reports failed unit tests to standard error: the expected rows (-) beside the actual ones (+). */
export function reportUnitTests(unitTests: readonly UnitTestResult[]): void {
  const shown = new Map<string, string>();
  for (const {status, name, model, path, description, found} of unitTests) {
    if (status === 'pass') continue;
    tell(`  ${formatStatus(status)} ${name} of ${model} (dbt/${path}): - expected, + actual`);
    const same = shown.get(found.join('\n'));
    shown.set(found.join('\n'), same ?? name);
    if (same !== undefined) {
      tellDetails(`same as ${same}`);
      continue;
    }
    if (description !== undefined) tellDetails(description);
    for (const line of found) {
      const style = line.startsWith('-') ? 'red' : line.startsWith('+') ? 'green' : 'dim';
      tell(`      ${colorStderr(style, line)}`);
    }
  }
}

/** Formats rows as lines: first the values that all of them share, then a table of the others. */
function formatRows(rows: readonly Row[]): string[] {
  const texts = rows.map((row) => Object.entries(row).map(([column, value]) => ({column, text: formatCell(value)})));
  const [first = []] = texts;
  const common = first.filter(({text}, index) => texts.every((row) => row[index]?.text === text));
  const own = first.map(({column}) => column).filter((column) => !common.some((each) => each.column === column));
  const table = [own, ...texts.map((row) => row.filter(({column}) => own.includes(column)).map(({text}) => text))];
  const widths = own.map((_, index) => Math.max(...table.map((line) => line[index]?.length ?? 0)));
  return [
    ...(common.length > 0
      ? [`${rows.length > 1 ? 'in all: ' : ''}${common.map(({column, text}) => `${column} ${text}`).join(' · ')}`]
      : []),
    ...(own.length > 0
      ? table.map((line) =>
          line
            .map((text, index) => text.padEnd(widths[index] ?? 0))
            .join('  ')
            .trimEnd(),
        )
      : []),
  ];
}

/** Formats a value; cuts a hash or a long text to the characters that suffice to find the row. */
function formatCell(value: Value): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 12)}…`;
}

export function formatStatus(status: string): string {
  return status === 'error' ? colorStderr('red', 'failed') : colorStderr('yellow', 'warned');
}

function tellDetails(...lines: string[]): void {
  for (const line of lines) tell(`      ${colorStderr('dim', line)}`);
}
