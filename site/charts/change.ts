import {formatSigned} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, frameChart} from './draw.ts';
import {fitText} from './letters.ts';
import {addEdge, traceLine, writeBar, writeGroup, writeLines, writeText} from './marks.ts';

/** Draws how far gaps have moved, as bars on either side of 0: widened to the left, narrowed to the right. */
export function drawChange(
  rows: readonly {name: string; value: number}[],
  {width, ends, alt, isSample}: {width: number; ends: [string, string]} & ChartLabel,
): Drawing {
  const top = 30;
  const band = 42;
  const middle = width / 2;
  const height = top + band * rows.length;
  const most = Math.max(1, ...rows.map(({value}) => Math.abs(value)));
  const x = (value: number) => middle + (value / most) * (middle - 52);
  const placed = rows.map((row, index) => ({...row, at: top + band * index}));
  const left = {'text-anchor': 'end'};
  const right = {'text-anchor': 'start'};
  const marks = [
    writeGroup(
      placed.map(({value, at}) => writeBar([middle, x(value)], at + 20, 17)),
      {fill: 'var(--gap-3)'},
    ),
    writeLines([traceLine(middle, top, middle, height)], {stroke: 'currentColor'}),
    writeGroup(
      placed.map(({name, at}) => writeText(middle, at + 10, fitText(name, width))),
      addEdge(5),
    ),
    writeGroup(
      placed.map(({value, at}) =>
        writeText(x(value) + (value < 0 ? -6 : 6), at + 28.5, formatSigned(value), value < 0 ? left : right),
      ),
      {'font-weight': 600},
    ),
    writeText(middle - 12, 15, `← ${ends[0]}`, {...left, 'font-weight': 700}),
    writeText(middle + 12, 15, `${ends[1]} →`, {...right, 'font-weight': 700}),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
