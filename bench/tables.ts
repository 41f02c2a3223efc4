import {markdownTable} from 'markdown-table';

/** Two things measured in turn, and how the first does against the second. */
export interface Ratio {
  id: string;
  title: string;
  ours: string;
  theirs: string;
  /** Seconds: the median of the rounds. */
  seconds: {ours: number; theirs: number};
  /** Bytes: the most of the rounds. */
  peak: {ours: number; theirs: number};
  /** Ours to theirs, by round: median, least, most. */
  ratio: {median: number; least: number; most: number};
  /** What the median should be at most; null where there is no such wish. */
  target: number | null;
  rounds: number;
}

/** What a run of one size came to. */
export interface Scaled {
  states: number;
  years: number;
  /** What ROLLCALL_MEMORY said. */
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

/** `0.13`, `1.7`, `12` */
export function digits(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : ratio >= 0.1 ? 2 : 3);
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
const whole = (value: number) => Math.round(value).toLocaleString('en-US');

export function ratioTable(results: readonly Ratio[]): string {
  return markdownTable(
    [
      ['', 'ratio', 'min – max', 'target', 'peak memory', '… of the other side'],
      ...results.map(({title, ratio, target, peak}) => [
        title,
        digits(ratio.median),
        `${digits(ratio.least)} – ${digits(ratio.most)}`,
        target === null ? '' : `≤ ${target}`,
        gigabytes(peak.ours),
        gigabytes(peak.theirs),
      ]),
    ],
    {align: ['l', 'r', 'r', 'r', 'r', 'r']},
  );
}

/** Times are in those of the first size, since one absolute time says more of the machine than of Rollcall. */
export function scaleTable(results: readonly Scaled[]): string {
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
        digits(each.seconds / first.seconds),
        digits(perYear(each) / perYear(first)),
        each.memory.replace('GB', ' GB'),
        gigabytes(each.peak),
        gigabytes(each.bytes.warehouse),
      ]),
    ],
    {align: Array(10).fill('r')},
  );
}

/** How long Rollcall takes for the models of such a run. */
export function modelling({steps}: Scaled): number {
  return steps.find(({name}) => name === 'build')?.seconds ?? Number.NaN;
}

/** Times of the models alone: in those of the first size, and in those of Rollcall's own models. */
export function sparkTable(results: readonly Scaled[]): string {
  const [first] = results;
  return markdownTable(
    [
      ['state-years', 'figures', 'time', '… relative to Rollcall’s', 'peak memory'],
      ...results.map((each) => [
        whole(each.states * each.years),
        whole(each.figures),
        digits(each.seconds / (first?.seconds ?? Number.NaN)),
        digits(each.seconds / modelling(each)),
        gigabytes(each.peak),
      ]),
    ],
    {align: Array(5).fill('r')},
  );
}
