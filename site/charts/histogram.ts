import {formatCount} from '../../src/words/format.ts';
import {type ChartLabel, type Drawing, frameChart} from './draw.ts';
import {scaleLinear, traceLine, writeBar, writeGroup, writeLines, writeText} from './marks.ts';

/** Draws how many schools have how many teachers. */
export function drawHistogram(
  values: readonly number[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const [height, top, bottom, left, right] = [200, 20, 160, 4, width - 8];
  const largest = Math.max(0, ...values);
  const step = [10, 20, 50, 100].find((size) => largest / size < 15) ?? 500;
  const end = Math.ceil((largest + 1) / step) * step;
  const bins = Array.from({length: end / step}, (_, index) => ({
    from: index * step,
    schools: values.filter((value) => value >= index * step && value < (index + 1) * step).length,
  }));
  const x = scaleLinear([0, end], [left, right]);
  const y = scaleLinear([0, Math.max(1, ...bins.map(({schools}) => schools))], [bottom, top]);
  const count = {'font-size': bins.length > 12 ? 10.5 : 12};
  const marks = [
    writeGroup(
      bins.map(({from, schools}) => writeBar([x(from) + 0.5, x(from + step) - 0.5], y(schools), bottom - y(schools))),
      {fill: 'var(--teachers)'},
    ),
    ...bins.map(({from, schools}) =>
      schools > 0 ? writeText(x(from + step / 2), y(schools) - 8, formatCount(schools), count) : '',
    ),
    writeLines([traceLine(left, bottom, right, bottom)], {stroke: 'currentColor'}),
    writeGroup(
      bins.map(({from}) => (from % (2 * step) === 0 ? writeText(x(from), bottom + 13, formatCount(from)) : '')),
      {fill: 'var(--muted)'},
    ),
    writeText((left + right) / 2, bottom + 31, 'Teachers at a school', {fill: 'var(--teachers)', 'font-weight': 700}),
  ];
  return frameChart(marks, width, height, {alt, isSample});
}
