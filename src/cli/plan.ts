import {Command} from 'commander';
import {exit, Failure} from '../failure.ts';
import {readHost} from '../incoming/host.ts';
import {combineFailures} from '../incoming/live.ts';
import {notesFile} from '../ingest/candidates.ts';
import type {RunOptions} from '../runs/options.ts';
import {type BuildPlan, type BuildReason, type PartitionPlan, type Plan, planRun} from '../runs/plan.ts';
import {sources} from '../sources/sources.ts';
import {createHomeOption, parseYears, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';
import {render} from './table.ts';
import {bold, colorStderr, formatJson, print, readScreenWidth, tell} from './terminal.ts';

/** The options that `plan` and `run` have in common. */
export interface PlanFlags {
  home?: string;
  from: string;
  schoolList?: string;
  years?: string;
  only?: string[];
  refresh?: boolean;
  force?: boolean;
  label?: string;
  json?: boolean;
}

export function createPlanCommand(): Command {
  return addPlanFlags(new Command('plan')).option('--json', 'print the plan as JSON').action(printPlan);
}

export function addPlanFlags(command: Command): Command {
  return command
    .option('--from <source>', 'live (data.wa.gov), sample, or a folder of downloaded files', 'live')
    .option('--school-list <file>', "the region's school list (overrides one in the folder)")
    .option('--years <years>', 'only these school years, separated by commas (2019-20,2020-21)')
    .option(
      '--only <source>',
      'check only this source for new data (repeatable); the others stay as last landed',
      collectSource,
    )
    .option('--refresh', 'download and land again, even if nothing seems to have changed')
    .option('--force', 'reshape and build again, even if nothing has changed')
    .option(
      '--label <text>',
      'mark everything made from this home directory; later runs keep it ("" ends it)',
      parseLabel,
    )
    .addOption(createHomeOption());
}

const longestLabel = 60;

/** @throws Failure (exit 2) if the text doesn't fit on a line under a chart */
function parseLabel(text: string): string {
  const label = text.trim();
  if (/[\r\n]/.test(label) || label.length > longestLabel) {
    throw new Failure(
      `--label: a label is one line of at most ${longestLabel} characters; this one has ${label.length}. Write more in ${notesFile} beside the files.`,
      exit.usage,
    );
  }
  return label;
}

function collectSource(source: string, sofar: string[] = []): string[] {
  if (!sources.some(({id}) => id === source)) {
    const there = sources.map(({id}) => id).join(', ');
    throw new Failure(`--only ${source}: no such source. The sources: ${there}.`, exit.usage);
  }
  return [...sofar, source];
}

export function readRunOptions({from, schoolList, years, only, refresh, force, label, home}: PlanFlags): RunOptions {
  const {openLineageUrl} = readConfig();
  return {
    home: resolveHome({...(home !== undefined && {home})}),
    from,
    ...(schoolList !== undefined && {schoolList}),
    ...(years !== undefined && {years: parseYears(years)}),
    ...(only && {only}),
    ...(refresh && {refresh}),
    ...(force && {force}),
    ...(label !== undefined && {label}),
    ...(openLineageUrl !== undefined && {openLineageUrl}),
  };
}

export async function printPlan(flags: PlanFlags): Promise<void> {
  const options = readRunOptions(flags);
  const {plan, failures} = await planRun(options, (text) => tell(`  ${colorStderr('yellow', text)}`));
  if (failures.length > 0) throw combineFailures(failures, options.host ?? readHost());
  print(flags.json ? formatJson(plan) : describePlan(plan));
}

const columns = ['source', 'school_year', 'from', 'landing', 'reshaping'];

function describePlan({partitions, heldYears, build}: Plan): string {
  const rows = partitions.map((partition) => ({
    source: partition.source,
    school_year: partition.schoolYear,
    from: partition.from,
    landing: describeLanding(partition),
    reshaping: describeReshaping(partition.reshaping),
  }));
  const width = readScreenWidth();
  const held = listHeldYears(heldYears).map((line) => `${bold('Held')}   ${line}\n`);
  return `${render({columns, rows}, 'table', {width})}\n${held.join('')}${bold('Build')}  ${describeBuild(build)}\n`;
}

/** Lists the school years that a run holds back, each with the reason. */
export function listHeldYears(heldYears: Plan['heldYears']): string[] {
  return heldYears.map(({schoolYear, why}) => `${schoolYear} is held back: ${why}`);
}

function describeLanding({landing: {action, reason}, why: choice}: PartitionPlan): string {
  const why = {
    new: 'new',
    changed: 'changed at the source',
    undated: 'the source gives no time of its last change',
    gone: 'the landed file is gone',
    refresh: 'refresh requested',
    unchanged: 'unchanged',
    left_out: 'not checked: as last landed',
    last_landed: 'not to be had any more: as last landed',
  }[reason];
  const done = action === 'keep' ? why : `${action}: ${why}`;
  return choice === undefined ? done : `${done} (${choice})`;
}

function describeReshaping({action, reason}: PartitionPlan['reshaping']): string {
  const why = {
    new: 'new',
    contract: 'contract changed',
    damaged: 'damaged in the lake',
    forced: 'forced',
    unchanged: 'unchanged',
    download: 'if it is new',
  }[reason];
  if (action === 'keep') return why;
  return action === 'depends' ? why : `reshape: ${why}`;
}

function describeBuild({action, build, published, reasons}: BuildPlan): string {
  const why = reasons.map(describeReason).join('; ');
  switch (action) {
    case 'build':
      return `build and publish ${build ?? 'a new one'}: ${why}`;
    case 'publish':
      return `publish ${build}, already built, instead of ${published ?? 'none'}: ${why}`;
    case 'hold':
      return `nothing to do: ${build} was rolled back from, so ${published} stays published`;
    case 'keep':
      return `nothing to do: ${build} is published and up to date`;
    case 'depends':
      return `build if the download differs from what has landed${why === '' ? '' : `: ${why}`}`;
  }
}

function describeReason({reason, partitions = []}: BuildReason): string {
  const words: Record<BuildReason['reason'], string> = {
    first: 'the first one',
    forced: 'forced',
    added: 'added',
    changed: 'changed',
    left_out: 'left out',
    notes: 'notes on the files changed',
    label: 'label changed',
    corrections: 'corrections changed',
    contract: 'contract changed',
    packages: 'packages changed',
    models: 'models changed',
    code: 'code changed',
  };
  return partitions.length === 0 ? words[reason] : `${words[reason]} ${partitions.join(', ')}`;
}
