import {dirname, join} from 'node:path';
import {Command} from 'commander';
import {exit, Failure} from '../failure.ts';
import type {CheckResult} from '../ingest/checks.ts';
import {AuditFailure} from '../runs/audit.ts';
import type {Progress, RunOptions} from '../runs/options.ts';
import {type RunResult, run} from '../runs/run.ts';
import type {TestResult} from '../warehouse/data-tests.ts';
import {label, reportTests} from './failures.ts';
import {homeOf, homeOption, parseYears} from './options.ts';
import {siteSettings} from './site.ts';
import {onError, print, sampleNote, tell, terminalProgress} from './terminal.ts';

interface Options {
  home?: string;
  from: string;
  schoolList?: string;
  years?: string;
  json?: boolean;
  site: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('land, reshape, build, audit and publish')
    .option('--from <source>', 'live (data.wa.gov), sample, or a folder of downloaded files', 'live')
    .option('--school-list <file>', "the region's school list; goes before one in the folder")
    .option('--years <years>', 'only these school years, separated by commas (2019-20,2020-21)')
    .addOption(homeOption())
    .option('--no-site', 'leave the report out')
    .option('--json', 'print the result for programs')
    .addHelpText(
      'after',
      `
The files of a folder are recognised by their content; their names don't matter. A run with nothing new does nothing. A run
that fails changes nothing that was published.`,
    )
    .action(async (options: Options) => {
      const result = await runAndReport(
        {
          home: homeOf(options),
          from: options.from,
          ...(options.schoolList !== undefined && {schoolList: options.schoolList}),
          ...(options.years !== undefined && {years: parseYears(options.years)}),
          ...(options.site && {site: siteSettings()}),
        },
        terminalProgress(),
      );
      print(options.json ? `${JSON.stringify(asJson(result), null, 2)}\n` : summary(result, options.site));
    });
}

/** Runs, and tells what the checks found. */
export async function runAndReport(options: RunOptions, progress: Progress): Promise<RunResult> {
  try {
    const result = await run(options, progress);
    reportChecks(result.checks, result.tests);
    return result;
  } catch (error) {
    if (error instanceof AuditFailure) reportChecks(error.checks, error.tests);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOSPC') {
      const why = code === 'ENOSPC' ? 'the disk is full' : 'it may not be written';
      throw new Failure(
        `${options.home.folder}: ${why} (${(error as Error).message}). The published build is unchanged.`,
        exit.failed,
      );
    }
    throw error;
  }
}

const samplesShown = 3;

/** What was not as it should be: each check once, with the years it concerns and some of the rows. */
function reportChecks(checks: readonly CheckResult[], tests: readonly TestResult[]): void {
  const unusual = checks.filter(({status}) => status !== 'pass');
  const bySubject = Map.groupBy(unusual, ({source, check, status}) => `${status} ${source} ${check}`);
  for (const found of bySubject.values()) {
    const [first] = found;
    if (first === undefined) continue;
    const counts = found.length > yearsShown ? [ofAll(found)] : found.map(ofYear);
    tell(`  ${label(first.status)} ${first.source} · ${first.check} · ${counts.join(' · ')}`);
    tell(`      ${onError('dim', `expected: ${first.description}`)}`);
    for (const sample of found.flatMap(({samples}) => samples).slice(0, samplesShown))
      tell(`      ${onError('dim', sample)}`);
  }
  reportTests(tests);
}

const yearsShown = 3;

function ofYear({schoolYear, failing, compared}: CheckResult): string {
  return `${schoolYear ?? 'all years'}: ${failing.toLocaleString('en-US')} of ${compared.toLocaleString('en-US')}`;
}

function ofAll(found: readonly CheckResult[]): string {
  const sum = (pick: (result: CheckResult) => number) => found.reduce((total, result) => total + pick(result), 0);
  const years = `${found.length} school years`;
  return `${years}: ${sum(({failing}) => failing).toLocaleString('en-US')} of ${sum(({compared}) => compared).toLocaleString('en-US')}`;
}

function summary({status, build, warehouse, manifest}: RunResult, withSite: boolean): string {
  const lines = [
    status === 'unchanged'
      ? `Nothing to do: build ${build} is already made of these files.`
      : `Published build ${build}.`,
    `School years  ${manifest.schoolYears.join(', ')}`,
    `Rows          ${manifest.rows.in.toLocaleString('en-US')} in, ${manifest.rows.loaded.toLocaleString('en-US')} loaded, ${manifest.rows.rejected.toLocaleString('en-US')} rejected (raw.rejected_row)`,
    `Checks        ${manifest.checks.passed + manifest.tests.passed} passed, ${manifest.checks.warned + manifest.tests.warned} warned (audit.check_result, audit.test_result)`,
    `Warehouse     ${warehouse}`,
    ...(withSite ? [`Report        ${join(dirname(warehouse), 'site')}`] : []),
  ];
  if (manifest.isSample) lines.unshift(sampleNote);
  return `${lines.join('\n')}\n`;
}

function asJson({status, warehouse, manifest, checks, tests}: RunResult) {
  return {status, warehouse, ...manifest, checkResults: checks, testResults: tests};
}
