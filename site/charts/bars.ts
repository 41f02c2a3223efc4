import * as Plot from '@observablehq/plot';
import {type ChartLabel, type Drawing, drawPlot, frameChart} from './draw.ts';

export interface Bar {
  /** The list of the bar. Its name stands above its first bar. */
  list?: string;
  name: string;
  value: number;
  /** The text at the end of the bar. */
  text: string;
  /** How far the value may reach, drawn as a dashed line. */
  high?: number | undefined;
  /** What chance would give, drawn as a line across the bar; what parity would give, as a ring. */
  chance?: number | undefined;
  parity?: number | undefined;
}

/** Draws names and bars, one below the other, each list under its name. */
export function drawBars(
  rows: readonly Bar[],
  {width, color, most, alt, isSample}: {width: number; color: 'students' | 'teachers'; most?: number} & ChartLabel,
): Drawing {
  const line = 37;
  const head = 27;
  const fill = `var(--${color})`;
  const longest = most ?? Math.max(0.01, ...rows.map(({value, high}) => Math.max(value, high ?? 0)));
  let y = 0;
  const placed = rows.map((row, index) => {
    const begins = row.list !== undefined && row.list !== rows[index - 1]?.list;
    if (begins) y += head + (index > 0 ? 10 : 0);
    const at = y;
    y += line;
    return {...row, begins, at};
  });
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
          text: ({name}) => shorten(name, width),
          textAnchor: 'start',
          fill: 'currentColor',
        }),
        Plot.rect(placed, {x1: 0, x2: 'value', y1: ({at}) => at + 16, y2: ({at}) => at + 28, fill}),
        Plot.link(
          placed.filter(({high, value}) => high !== undefined && high > value),
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
          placed.filter(({chance}) => chance !== undefined),
          {x: 'chance', y1: ({at}) => at + 13, y2: ({at}) => at + 31, stroke: 'currentColor', strokeWidth: 2.5},
        ),
        Plot.dot(
          placed.filter(({parity}) => parity !== undefined),
          {x: 'parity', y: ({at}) => at + 22, r: 4, fill: 'var(--paper)', stroke: 'currentColor', strokeWidth: 1.5},
        ),
        Plot.text(placed, {
          x: ({value, high, chance, parity}) => Math.max(value, high ?? 0, chance ?? 0, parity ?? 0),
          y: ({at}) => at + 22,
          text: 'text',
          textAnchor: 'start',
          dx: placed.some(({parity}) => parity !== undefined) ? 9 : 6,
          fill,
          fontWeight: 600,
        }),
      ],
    },
    {alt, isSample},
  );
}

/** Draws the same bars, with each list in its own column. */
export function drawBarColumns(
  rows: readonly Bar[],
  options: {width: number; color: 'students' | 'teachers'} & ChartLabel,
): Drawing {
  const lists = [...Map.groupBy(rows, ({list}) => list).values()];
  const most = Math.max(0.01, ...rows.map(({value}) => value));
  const gap = 28;
  const width = (options.width - gap * (lists.length - 1)) / Math.max(1, lists.length);
  const drawn = lists.map((list) => drawBars(list, {...options, width, most}));
  const height = Math.max(40, ...drawn.map((drawing) => drawing.height));
  const content = drawn
    .map(({content}, index) => `<g transform="translate(${(width + gap) * index},0)">${content}</g>`)
    .join('');
  return frameChart(content, options.width, height, options);
}

/** Cuts a name to the width. Its marks (* †) stay. */
function shorten(name: string, width: number): string {
  const letters = Math.floor(width / 6.4);
  const marks = /( [*†])*$/.exec(name)?.[0] ?? '';
  return name.length > letters ? `${name.slice(0, letters - 1 - marks.length)}…${marks}` : name;
}
