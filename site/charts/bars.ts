import {type ChartLabel, type Drawing, drawMissing, frameChart, missingText, missingWidth} from './draw.ts';
import {fitText} from './letters.ts';
import {traceLine, writeBar, writeDot, writeGroup, writeLines, writeText} from './marks.ts';

export interface Bar {
  /** The list of the bar. Its name stands above its first bar. */
  list?: string;
  name: string;
  /** Null if it is missing. */
  value: number | null;
  /** The text at the end of the bar. */
  text: string;
  /** How far the value may reach, drawn as a dashed line. */
  high?: number | null;
  /** What chance would give, drawn as a line across the bar; what parity would give, as a ring. */
  chance?: number | null;
  parity?: number | null;
}

/**
 * Draws names and bars, one below the other, each list under its name. `most` is what the longest bar stands for. Charts that are
 * seen together have the same `most` and width, so that equal values have equal lengths.
 */
export function drawBars(
  rows: readonly Bar[],
  {width, color, most, alt, isSample}: {width: number; color: 'students' | 'teachers'; most?: number} & ChartLabel,
): Drawing {
  const line = 37;
  const head = 27;
  const fill = `var(--${color})`;
  const longest = most ?? findLongest(rows);
  let y = 0;
  const placed = rows.map((row, index) => {
    const begins = row.list !== undefined && row.list !== rows[index - 1]?.list;
    if (begins) y += head + (index > 0 ? 10 : 0);
    const at = y;
    y += line;
    return {...row, begins, at};
  });
  const x = (value: number) => (value / longest) * (width - 66);
  const missing = placed.filter(({value}) => value === null);
  const known = placed.flatMap((bar) => (bar.value === null ? [] : [{...bar, value: bar.value}]));
  // A ring is wider than the end of a bar.
  const room = known.some(({parity}) => parity != null) ? 9 : 6;
  const marks = [
    writeGroup(
      placed.filter(({begins}) => begins).map(({list = '', at}) => writeText(0, at - 10, list)),
      {'text-anchor': 'start', 'font-weight': 700},
    ),
    writeGroup(
      placed.map(({name, at}) => writeText(0, at + 7, fitText(name, width))),
      {'text-anchor': 'start'},
    ),
    writeGroup(
      known.map(({value, at}) => writeBar([0, x(value)], at + 16, 12)),
      {fill},
    ),
    writeLines(
      known.map(({value, high, at}) =>
        (high ?? 0) > value ? traceLine(x(value), at + 22, x(high ?? 0), at + 22) : '',
      ),
      {stroke: fill, 'stroke-width': 2, 'stroke-dasharray': '3 2'},
    ),
    writeLines(
      known.map(({chance, at}) => (chance == null ? '' : traceLine(x(chance), at + 13, x(chance), at + 31))),
      {stroke: 'currentColor', 'stroke-width': 2.5},
    ),
    writeGroup(
      known.map(({parity, at}) => (parity == null ? '' : writeDot(x(parity), at + 22, 4))),
      {fill: 'var(--paper)', stroke: 'currentColor', 'stroke-width': 1.5},
    ),
    drawMissing(missing.map(({at}) => [0, at + 22])),
    writeGroup(
      [
        ...known.map((bar) => writeText(x(findEnd(bar)) + room, bar.at + 22, bar.text)),
        ...missing.map(({at}) => writeText(missingWidth + 6, at + 22, missingText)),
      ],
      {'text-anchor': 'start', fill, 'font-weight': 600},
    ),
  ];
  return frameChart(marks, width, Math.max(y, line), {alt, isSample});
}

/** Draws the same bars, with each list in its own column. */
export function drawBarColumns(
  rows: readonly Bar[],
  options: {width: number; color: 'students' | 'teachers'; most?: number} & ChartLabel,
): Drawing {
  const lists = [...Map.groupBy(rows, ({list}) => list).values()];
  const most = options.most ?? findLongest(rows);
  const gap = 28;
  const width = (options.width - gap * (lists.length - 1)) / Math.max(1, lists.length);
  const drawn = lists.map((list) => drawBars(list, {...options, width, most}));
  const height = Math.max(40, ...drawn.map((drawing) => drawing.height));
  const columns = drawn.map(({content}, index) =>
    writeGroup([content], {transform: `translate(${(width + gap) * index},0)`}),
  );
  return frameChart(columns, options.width, height, options);
}

/** Finds how far a bar and its marks reach. */
function findEnd({value, high, chance, parity}: Bar): number {
  return value === null ? 0 : Math.max(value, high ?? 0, chance ?? 0, parity ?? 0);
}

/** Finds what the longest of these bars stands for. */
export function findLongest(rows: readonly Bar[]): number {
  return Math.max(0.01, ...rows.map(findEnd));
}
