import {Command, Option} from 'commander';
import {exit, Failure} from '../failure.ts';
import {type History, type RunDetail, readHistory, readRun} from '../runs/history.ts';
import {formatCommandLine} from '../words/command-line.ts';
import {formatBytes, formatCount, formatMinute, formatYears} from '../words/format.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {render} from './table.ts';
import {bold, formatJson, print, readScreenWidth} from './terminal.ts';

export function createHistoryCommand(): Command {
  return new Command('history')
    .argument('[run]', "a run's number; shows its steps, its log and what failed")
    .option('--limit <n>', 'how many runs to show', '20')
    .addOption(
      new Option('--format <format>', 'csv has the runs alone').choices(['table', 'json', 'csv']).default('table'),
    )
    .addOption(new Option('--json', 'short for --format json').implies({format: 'json'}))
    .addOption(createHomeOption())
    .action(async (run: string | undefined, {format, limit, ...options}: Options) => {
      const home = resolveHome(options);
      if (run !== undefined) {
        if (format === 'csv') throw new Failure('--format csv is for the list of runs. Leave the run out.', exit.usage);
        const detail = readRun(home, parseWholeNumber('run', run));
        print(format === 'json' ? formatJson(detail) : describeRun(detail));
        return;
      }
      const history = await readHistory(home, parseWholeNumber('--limit', limit));
      if (format === 'json') print(formatJson(history));
      else if (format === 'csv') print(writeRuns(history), {isExact: true});
      else print(describeHistory(history));
    });
}

interface Options {
  home?: string;
  limit: string;
  format: 'table' | 'json' | 'csv';
}

/** Writes the runs as CSV, with the keys of `--json`. */
function writeRuns({runs}: History): string {
  const columns = [
    'run',
    'command',
    'options',
    'startedAt',
    'endedAt',
    'seconds',
    'outcome',
    'exitCode',
    'error',
    'build',
    'host',
    'pid',
  ];
  return render({columns, rows: runs.map((run) => ({...run, options: JSON.stringify(run.options)}))}, 'csv');
}

/** @throws Failure (exit 2) if the text is not a whole number above 0 */
export function parseWholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(`${name} ${text}: not a whole number above 0.`, exit.usage);
}

function describeHistory({runs, builds}: History): string {
  const width = readScreenWidth();
  const runRows = runs.map(({run, startedAt, command, options, seconds, outcome, build, error}) => ({
    run,
    started_at: formatMinute(startedAt),
    command: formatCommandLine(command, options),
    outcome,
    seconds: seconds === null ? null : Number(seconds.toFixed(1)),
    build: outcome === 'published' || command === 'rollback' ? build : null,
    error: error === null ? null : (error.split(/(?<=\.)\s/)[0] ?? null),
  }));
  const buildRows = builds.map(
    ({build, builtAt, schoolYears, isSample, label, rows, bytes, isPublished, isWithdrawn, problem}) => ({
      build,
      built_at: builtAt === null ? null : formatMinute(builtAt),
      school_years: formatYears(schoolYears),
      rows: rows === null ? null : formatCount(rows),
      size: formatBytes(bytes),
      state: [
        isPublished ? 'published' : '',
        isWithdrawn ? 'rolled back from' : '',
        isSample ? 'SAMPLE' : '',
        label ?? '',
        problem === null ? '' : 'damaged',
      ]
        .filter((part) => part !== '')
        .join(', '),
    }),
  );
  const table = (rows: Record<string, string | number | null>[], columns: string[]) =>
    render({columns, rows}, 'table', {width, dispensable: ['error', 'seconds', 'size']});
  return [
    `${bold('Runs')} (times are UTC; a run's steps and log: rollcall history RUN)`,
    table(runRows, ['run', 'started_at', 'command', 'outcome', 'seconds', 'build', 'error']),
    bold('Builds'),
    table(buildRows, ['build', 'built_at', 'school_years', 'rows', 'size', 'state']),
  ].join('\n');
}

function describeRun({
  run,
  command,
  options,
  startedAt,
  outcome,
  seconds,
  error,
  host,
  pid,
  steps,
  log,
  findings,
}: RunDetail): string {
  const lines = [
    bold(`Run ${run}: ${formatCommandLine(command, options)}`),
    `${formatMinute(startedAt)} UTC on ${host} (process ${pid}): ${outcome}${seconds === null ? '' : ` after ${seconds.toFixed(1)} s`}`,
    '',
    ...steps.map(({name, outcome: state, summary, doing, seconds: took}) => {
      const mark = {done: '✓', failed: '✗', running: '…'}[state as string] ?? '✗';
      return `${mark} ${name.padEnd(8)} ${summary ?? doing ?? state}${took === null ? '' : ` ${took.toFixed(1)} s`}`;
    }),
  ];
  if (error !== null) lines.push('', error);
  const notes = log.filter(({level}) => level === 'note');
  if (notes.length > 0) lines.push('', bold('Notes'), ...notes.map(({message}) => `  ${message}`));
  if (findings.length > 0) lines.push('', bold('Checks and data tests that did not pass'));
  for (const {status, name, place, schoolYear, failing, samples} of findings) {
    lines.push(`  ${status} ${name} (${[place, schoolYear].filter((part) => part !== null).join(', ')}): ${failing}`);
    for (const sample of samples.slice(0, 3)) {
      lines.push(`      ${typeof sample === 'string' ? sample : JSON.stringify(sample)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
