import {Command} from 'commander';
import {buildDevelopment, type DevelopmentResult} from '../builds/development.ts';
import {exit} from '../failure.ts';
import {formatCounted} from '../words/count.ts';
import {listBuildMarks} from '../words/marks.ts';
import {reportTests, reportUnitTests} from './failures.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {render} from './table.ts';
import {colorStderr, formatJson, print, readScreenWidth, tell, terminalProgress} from './terminal.ts';

interface Options {
  home?: string;
  select?: string[];
  exclude?: string[];
  json?: boolean;
}

export function createBuildCommand(): Command {
  return new Command('build')
    .option('--select <selector...>', 'what to build and test (default: everything)')
    .option('--exclude <selector...>', 'what to leave out')
    .addOption(createHomeOption())
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Selectors are dbt's:
  schools                a model, a seed or a test
  +schools  schools+     with everything upstream; with everything downstream
  2+schools              upstream, up to two steps away
  marts  models/marts    a folder
  tag:x                  everything with a tag
  source:raw.x+          everything downstream of a raw table
  marts,tag:x            the intersection; several selectors make a union

A model is built after its unit tests and before its data tests. Models that are
not selected keep their tables from the published build. Each time, the copy is
made afresh; the published build does not change.`,
    )
    .action(async ({select = [], exclude = [], json, ...options}: Options) => {
      const result = await buildDevelopment({home: resolveHome(options), select, exclude}, terminalProgress());
      reportTests(result.tests);
      reportUnitTests(result.unitTests);
      for (const {name, message} of result.failures) tell(`  ${colorStderr('red', 'failed')} ${name}\n${message}\n`);
      reportSkipped(result.skipped);
      print(json ? formatJson(result) : formatSummary(result));
      if (hasFailed(result)) process.exitCode = exit.failed;
    });
}

function reportSkipped(skipped: DevelopmentResult['skipped']): void {
  for (const [because, of] of Map.groupBy(skipped, (each) => each.because)) {
    const tables = of.filter(({kind}) => kind === 'table').map(({name}) => name);
    const tests = formatCounted(of.length - tables.length, 'test');
    const what = tables.length === 0 ? tests : `${tables.join(', ')}, and ${tests}`;
    tell(`  ${colorStderr('yellow', 'skipped')} since ${because}: ${what}`);
  }
}

function hasFailed({tables, tests, unitTests, failures}: DevelopmentResult): boolean {
  return (
    failures.length > 0 ||
    tables.some(({status}) => status === 'failed') ||
    [...tests, ...unitTests].some(({status}) => status === 'error')
  );
}

const columns = ['model', 'result', 'rows', 'columns', 'passed', 'warned', 'failed', 'seconds'];

function formatSummary({tables, tests, unitTests, skipped, warehouse, ...marks}: DevelopmentResult): string {
  const rows = tables.map(({name, status, seconds, ...counts}) => ({
    model: name,
    result: status,
    ...counts,
    seconds: seconds === null ? null : Math.round(seconds * 100) / 100,
  }));
  const count = (results: readonly {status: string}[], status: string) =>
    results.filter((result) => result.status === status).length;
  const table = render({columns, rows}, 'table', {width: readScreenWidth()});
  return [
    ...listBuildMarks(marks),
    table,
    `Unit tests  ${count(unitTests, 'pass')} passed, ${count(unitTests, 'error')} failed`,
    `Data tests  ${count(tests, 'pass')} passed, ${count(tests, 'warn')} warned, ${count(tests, 'error')} failed`,
    ...(skipped.length > 0 ? [`Skipped     ${formatCounted(skipped.length, 'step')}`] : []),
    `Warehouse   ${warehouse}`,
    '',
  ].join('\n');
}
