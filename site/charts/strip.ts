import {remember} from '../remember.ts';
import {type ChartLabel, type Drawing, frameChart} from './draw.ts';
import {type Ends, scaleLinear, traceLine, writeLines, writeText} from './marks.ts';

const width = 340;

/** Returns the function that gives a value its place, at most at the ends of the line. */
function scaleWithin([from, to]: Ends): (value: number) => number {
  const place = scaleLinear([from, to], [6, width - 6]);
  return (value) => place(Math.min(to, Math.max(from, value)));
}

/** Traces the ticks of peers. Schools in the same place share a tick. */
const traceTicks = remember((values: readonly number[]) =>
  remember((domain: Ends) => {
    const x = scaleWithin(domain);
    return [...new Set(values.map((value) => traceLine(x(value), 9, x(value), 23)))].join('');
  }),
);

/** Draws peers as ticks on a line, with one value marked. */
export function drawStrip(
  values: readonly number[],
  own: number,
  {
    domain,
    ends,
    parity,
    ...label
  }: {domain: Ends; ends: [string, string]; parity?: {at: number; name: string}} & ChartLabel,
): Drawing {
  const height = 40;
  const x = scaleWithin(domain);
  const trace = (value: number) => traceLine(x(value), 3, x(value), 29);
  const small = {'font-size': 11, fill: 'var(--muted)'};
  const marks = [
    writeLines([traceLine(6, 16, width - 6, 16)], {stroke: 'var(--rule)'}),
    writeLines([traceTicks(values)(domain)], {stroke: 'currentColor', 'stroke-opacity': 0.28}),
    ...(parity
      ? [
          writeLines([trace(parity.at)], {stroke: 'currentColor', 'stroke-width': 1.5}),
          writeText(x(parity.at), 34.7, parity.name, small),
        ]
      : []),
    writeLines([trace(own)], {stroke: 'var(--teachers)', 'stroke-width': 4}),
    writeText(6, 34.7, ends[0], {...small, 'text-anchor': 'start'}),
    writeText(width - 6, 34.7, ends[1], {...small, 'text-anchor': 'end'}),
  ];
  return frameChart(marks, width, height, label);
}
