import * as Plot from '@observablehq/plot';
import {
  type ChartLabel,
  type Drawing,
  drawMissing,
  drawPlot,
  drawTexts,
  frameChart,
  missingText,
  missingWidth,
} from './draw.ts';
import {fitText} from './letters.ts';

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
  type Placed = (typeof placed)[number];
  const [missing = [], known = []] = [true, false].map((is) => placed.filter(({value}) => (value === null) === is));
  const label = (of: readonly Placed[], text: (bar: Placed) => string, dx: number) =>
    drawTexts(of, {x: findEnd, y: ({at}) => at + 22, text, textAnchor: 'start', dx, fill, fontWeight: 600});
  return drawPlot(
    {
      width,
      height: Math.max(y, line),
      margin: 0,
      x: {domain: [0, (longest * width) / (width - 66)], axis: null},
      y: {domain: [0, Math.max(y, line)], range: [0, Math.max(y, line)], axis: null},
      marks: [
        Plot.text(
          placed.filter(({begins}) => begins),
          {x: 0, y: ({at}) => at - 10, text: 'list', textAnchor: 'start', fontWeight: 700, fill: 'currentColor'},
        ),
        Plot.text(placed, {
          x: 0,
          y: ({at}) => at + 7,
          text: ({name}) => fitText(name, width),
          textAnchor: 'start',
          fill: 'currentColor',
        }),
        Plot.rect(known, {x1: 0, x2: 'value', y1: ({at}) => at + 16, y2: ({at}) => at + 28, fill}),
        Plot.link(
          known.filter(({high, value}) => (high ?? 0) > (value ?? 0)),
          {
            x1: 'value',
            x2: 'high',
            y1: ({at}) => at + 22,
            y2: ({at}) => at + 22,
            stroke: fill,
            strokeWidth: 2,
            strokeDasharray: '3 2',
          },
        ),
        Plot.ruleX(
          known.filter(({chance}) => chance != null),
          {x: 'chance', y1: ({at}) => at + 13, y2: ({at}) => at + 31, stroke: 'currentColor', strokeWidth: 2.5},
        ),
        Plot.dot(
          known.filter(({parity}) => parity != null),
          {x: 'parity', y: ({at}) => at + 22, r: 4, fill: 'var(--paper)', stroke: 'currentColor', strokeWidth: 1.5},
        ),
        drawMissing(missing, ({at}, x) => [x(0), at + 22]),
        label(known, ({text}) => text, known.some(({parity}) => parity != null) ? 9 : 6),
        label(missing, () => missingText, missingWidth + 6),
      ],
    },
    {alt, isSample},
  );
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
  const content = drawn
    .map(({content}, index) => `<g transform="translate(${(width + gap) * index},0)">${content}</g>`)
    .join('');
  return frameChart(content, options.width, height, options);
}

/** Finds how far a bar and its marks reach. */
function findEnd({value, high, chance, parity}: Bar): number {
  return value === null ? 0 : Math.max(value, high ?? 0, chance ?? 0, parity ?? 0);
}

/** Finds what the longest of these bars stands for. */
export function findLongest(rows: readonly Bar[]): number {
  return Math.max(0.01, ...rows.map(findEnd));
}
