import {Command} from 'commander';
import {readHost} from '../incoming/host.ts';
import {combineFailures} from '../incoming/live.ts';
import {planRun} from '../runs/plan.ts';
import type {BuildPlan, BuildReason, PartitionPlan, Plan} from '../runs/plan-schema.ts';
import {addPlanFlags, listHeldYears, type PlanFlags, readRunOptions} from './plan-flags.ts';
import {render} from './table.ts';
import {bold, colorStderr, formatJson, print, readScreenWidth, tell} from './terminal.ts';

export function createPlanCommand(): Command {
  return addPlanFlags(new Command('plan')).option('--json', 'print the plan as JSON').action(printPlan);
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
