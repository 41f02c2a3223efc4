import type {Command} from 'commander';
import {exit, Failure} from '../failure.ts';
import {notesFile} from '../ingest/candidates.ts';
import type {RunOptions} from '../runs/options.ts';
import type {Plan} from '../runs/plan-schema.ts';
import {sources} from '../sources/sources.ts';
import {createHomeOption, parseYears, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';

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

/** Lists the school years that a run holds back, each with the reason. */
export function listHeldYears(heldYears: Plan['heldYears']): string[] {
  return heldYears.map(({schoolYear, why}) => `${schoolYear} is held back: ${why}`);
}
