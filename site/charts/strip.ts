import {type ChartLabel, type Drawing, frameChart} from './draw.ts';

/** Draws peers as ticks on a line, with one value marked. Written without Plot, since a report has a thousand of these. */
export function drawStrip(
  values: readonly number[],
  own: number,
  {
    domain: [from, to],
    ends,
    parity,
    ...label
  }: {domain: [number, number]; ends: [string, string]; parity?: {at: number; name: string}} & ChartLabel,
): Drawing {
  const width = 340;
  const height = 40;
  const x = (value: number) => 6 + ((Math.min(to, Math.max(from, value)) - from) / (to - from)) * (width - 12);
  // Schools in the same place share a tick.
  const ticks = [...new Set(values.map((value) => x(value).toFixed(1)))].map((at) => `M${at} 9v14`).join('');
  const at = x(own).toFixed(1);
  const line = parity
    ? `<path d="M${x(parity.at).toFixed(1)} 3v26" stroke="currentColor" stroke-width="1.5"/><text x="${x(parity.at).toFixed(1)}" y="38" text-anchor="middle" font-size="11" fill="var(--muted)">${parity.name}</text>`
    : '';
  const content = `<path d="M6 16H${width - 6}" stroke="var(--rule)"/><path d="${ticks}" stroke="currentColor" stroke-opacity=".28"/>${line}<path d="M${at} 3v26" stroke="var(--teachers)" stroke-width="4"/><text x="6" y="38" font-size="11" text-anchor="start" fill="var(--muted)">${ends[0]}</text><text x="${width - 6}" y="38" font-size="11" text-anchor="end" fill="var(--muted)">${ends[1]}</text>`;
  return frameChart(content, width, height, label);
}
