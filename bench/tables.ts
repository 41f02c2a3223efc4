import {markdownTable} from 'markdown-table';

/** Two things measured in turn, and their ratios. */
export interface Ratio {
  id: string;
  title: string;
  ours: string;
  theirs: string;
  /** Seconds: the median of the rounds. */
  seconds: {ours: number; theirs: number};
  /** Bytes: the maximum of the rounds. */
  peak: {ours: number; theirs: number};
  /** Ours to theirs, over the rounds. */
  ratio: {median: number; least: number; most: number};
  /** The median of the ratios of processor time; absent where a part of a program was timed. */
  cpu?: number;
  /** The highest median wanted; null for no target. */
  target: number | null;
  rounds: number;
}

/** The measurements of a run of one size. */
export interface Scaled {
  states: number;
  years: number;
  /** The value of ROLLCALL_MEMORY. */
  memory: string;
  /** Rows of the files, and rows of all tables of the warehouse. */
  rowsIn: number;
  rowsOut: number;
  /** Enrollment figures after the pivot. */
  figures: number;
  seconds: number;
  /** Bytes. */
  peak: number;
  bytes: {files: number; warehouse: number};
  steps: {name: string; seconds: number}[];
}

/** Formats a ratio: `0.13`, `1.7`, `12`. */
export function formatRatio(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : ratio >= 0.1 ? 2 : 3);
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
const whole = (value: number) => Math.round(value).toLocaleString('en-US');

export function renderRatioTable(results: readonly Ratio[]): string {
  return markdownTable(
    [
      ['', 'ratio', 'min – max', 'target', 'CPU', 'peak memory', '… of the other side'],
      ...results.map(({title, ratio, target, cpu, peak}) => [
        title,
        formatRatio(ratio.median),
        `${formatRatio(ratio.least)} – ${formatRatio(ratio.most)}`,
        target === null ? '' : `≤ ${target}`,
        cpu === undefined ? '' : formatRatio(cpu),
        gigabytes(peak.ours),
        gigabytes(peak.theirs),
      ]),
    ],
    {align: ['l', ...Array(6).fill('r')]},
  );
}

/** Renders the sizes as a table. Times are relative to the first size, since absolute times depend on the machine. */
export function renderScaleTable(results: readonly Scaled[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const perYear = ({states, years, seconds}: Scaled) => seconds / (states * years);
  return markdownTable(
    [
      [
        'state-years',
        'files',
        'rows in',
        'figures',
        'rows of all tables',
        'time',
        '… per state-year',
        'memory allowed',
        'peak memory',
        'warehouse',
      ],
      ...results.map((each) => [
        whole(each.states * each.years),
        gigabytes(each.bytes.files),
        whole(each.rowsIn),
        whole(each.figures),
        whole(each.rowsOut),
        formatRatio(each.seconds / first.seconds),
        formatRatio(perYear(each) / perYear(first)),
        each.memory.replace('GB', ' GB'),
        gigabytes(each.peak),
        gigabytes(each.bytes.warehouse),
      ]),
    ],
    {align: Array(10).fill('r')},
  );
}

/** Finds the seconds that Rollcall took for the models. */
export function findModelSeconds({steps}: Scaled): number {
  return steps.find(({name}) => name === 'build')?.seconds ?? Number.NaN;
}

/** Renders the times of the models alone, relative to the first size and to Rollcall's models. */
export function renderSparkTable(results: readonly Scaled[]): string {
  const [first] = results;
  return markdownTable(
    [
      ['state-years', 'figures', 'time', '… relative to Rollcall’s', 'peak memory'],
      ...results.map((each) => [
        whole(each.states * each.years),
        whole(each.figures),
        formatRatio(each.seconds / (first?.seconds ?? Number.NaN)),
        formatRatio(each.seconds / findModelSeconds(each)),
        gigabytes(each.peak),
      ]),
    ],
    {align: Array(5).fill('r')},
  );
}
