import {dirname, join} from 'node:path';
import {Command} from 'commander';
import type {TestResult} from '../dbt/run/data-tests.ts';
import type {CheckResult} from '../ingest/checks.ts';
import {AuditFailure} from '../ledger/audit-failure.ts';
import type {Progress} from '../progress.ts';
import type {RunOptions} from '../runs/options.ts';
import type {Plan} from '../runs/plan-schema.ts';
import {type RunResult, run} from '../runs/run.ts';
import {formatCount} from '../words/format.ts';
import {listBuildMarks} from '../words/marks.ts';
import {formatStatus, reportTests} from './failures.ts';
import {runWithNotices} from './notices.ts';
import {resolveHome} from './options.ts';
import {addPlanFlags, listHeldYears, type PlanFlags, readRunOptions} from './plan-flags.ts';
import {readSiteSettings} from './site-settings.ts';
import {stopOnSignals} from './stop.ts';
import {colorStderr, formatJson, holdMessages, print, tell, terminalProgress} from './terminal.ts';

interface Options extends PlanFlags {
  dryRun?: boolean;
  quiet?: boolean;
  site: boolean;
}

export function createRunCommand(): Command {
  return addPlanFlags(new Command('run'))
    .option('--dry-run', 'only show what would be done, like "rollcall plan"')
    .option('--no-site', 'skip the report')
    .option('--quiet', 'print nothing unless the run fails, as cron wants it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Files in a folder are recognized by their content, whatever their names. A run
that finds nothing new does nothing. A run that fails, or is stopped (Ctrl-C,
SIGTERM) or killed, leaves the published build unchanged; the next run continues
from the landed files.`,
    )
    .action(async (options: Options) => {
      if (options.dryRun) return (await import('./plan.ts')).printPlan(options);
      if (options.quiet) holdMessages();
      const site = options.site ? {site: readSiteSettings()} : {};
      const result = await runWithNotices(resolveHome(options), () =>
        runAndReport({...readRunOptions(options), ...site, stop: stopOnSignals()}, terminalProgress()),
      );
      if (!options.quiet) print(options.json ? formatJson(toJson(result)) : formatSummary(result, options.site));
    });
}

/** Runs, and tells what the checks found; without the warnings of a run that published, if `isBrief`. */
export async function runAndReport(
  options: RunOptions,
  progress: Progress,
  {isBrief = false} = {},
): Promise<RunResult> {
  try {
    const result = await run(options, progress);
    if (!isBrief) reportChecks(result.checks, result.tests);
    return result;
  } catch (error) {
    if (error instanceof AuditFailure) reportChecks(error.checks, error.tests);
    throw error;
  }
}

const samplesShown = 3;

/** Reports checks that warned or failed, each once, with its school years and some of the rows. */
function reportChecks(checks: readonly CheckResult[], tests: readonly TestResult[]): void {
  const unusual = checks.filter(({status}) => status !== 'pass');
  const bySubject = Map.groupBy(unusual, ({source, check, status}) => `${status} ${source} ${check}`);
  for (const found of bySubject.values()) {
    const [first] = found;
    if (first === undefined) continue;
    const counts =
      found.length > yearsShown
        ? [formatFailing(`${found.length} school years`, found)]
        : found.map((each) => formatFailing(each.schoolYear ?? 'all years', [each]));
    tell(`  ${formatStatus(first.status)} ${first.source} · ${first.check} · ${counts.join(' · ')}`);
    tell(`      ${colorStderr('dim', `expected: ${first.description}`)}`);
    for (const sample of found.flatMap(({samples}) => samples).slice(0, samplesShown))
      tell(`      ${colorStderr('dim', sample)}`);
  }
  reportTests(tests);
}

const yearsShown = 3;

function formatFailing(years: string, found: readonly CheckResult[]): string {
  const sum = (pick: (result: CheckResult) => number) => found.reduce((total, result) => total + pick(result), 0);
  return `${years}: ${formatCount(sum(({failing}) => failing))} of ${formatCount(sum(({compared}) => compared))}`;
}

function formatSummary({status, build, warehouse, manifest, plan}: RunResult, withSite: boolean): string {
  const lines = [
    formatHeadline(status, build, plan),
    `School years  ${manifest.schoolYears.join(', ')}`,
    ...listHeldYears(plan.heldYears).map((line) => `              ${line}`),
    `Rows          ${formatCount(manifest.rows.in)} in, ${formatCount(manifest.rows.loaded)} loaded, ${formatCount(manifest.rows.rejected)} rejected (raw.rejected_row)`,
    `Checks        ${manifest.checks.passed + manifest.tests.passed} passed, ${manifest.checks.warned + manifest.tests.warned} warned (audit.check_result, audit.test_result)`,
    `Warehouse     ${warehouse}`,
    ...(withSite ? [`Report        ${join(dirname(warehouse), 'site')}`] : []),
  ];
  return `${[...listBuildMarks(manifest), ...lines].join('\n')}\n`;
}

function formatHeadline(status: RunResult['status'], build: string, {build: planned}: Plan): string {
  if (status === 'published') return `Published build ${build}.`;
  if (status === 'held') {
    const held = planned.build;
    return `Nothing to do: these files make build ${held}, which was rolled back from. Build ${build} stays published ("npx rollcall rollback ${held}" publishes it again; if it was deleted, run with --force).`;
  }
  if (planned.action === 'publish') return `Published build ${build}, which was already made of these files.`;
  return `Nothing to do: build ${build} is already made of these files.`;
}

function toJson({status, warehouse, manifest, checks, tests, run: number, plan}: RunResult) {
  return {status, warehouse, run: number, ...manifest, plan, checkResults: checks, testResults: tests};
}
