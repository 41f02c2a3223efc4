import {html} from 'hono/html';
import {goodOutcomes, type RunEntry} from '../../runs/history.ts';
import {formatSeconds, formatTime, type Html} from './page.ts';

const width = 640;
const height = 120;
const base = 100;
const top = 18;

/** Draws how long the latest runs took, the oldest first. The table of the runs has the same figures. */
export function drawDurations(latest: readonly RunEntry[], zone: string): Html | string {
  const runs = latest.filter(({command, seconds}) => command === 'run' && seconds !== null).toReversed();
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined || first === last) return '';
  const longest = Math.max(...runs.map(({seconds}) => seconds ?? 0));
  const step = width / runs.length;
  const bars = runs.map(({seconds, outcome, run}, index) => {
    const length = longest === 0 ? 1 : Math.max(1, ((base - top) * (seconds ?? 0)) / longest);
    return html`<rect class="${outcome}" x="${(index * step).toFixed(1)}" y="${(base - length).toFixed(1)}" width="${Math.min(24, 0.8 * step).toFixed(1)}" height="${length.toFixed(1)}"><title>Run ${run}: ${outcome}, ${formatSeconds(seconds)}</title></rect>`;
  });
  const about = `How long the last ${runs.length} runs took: at most ${formatSeconds(longest)}, the latest ${formatSeconds(last.seconds)}.`;
  return html`<figure>
<figcaption>${about}${runs.some(({outcome}) => !goodOutcomes.some((good) => good === outcome)) ? ' Runs that failed or were stopped are orange.' : ''}</figcaption>
<svg class="durations" viewBox="0 0 ${width} ${height}" role="img" aria-label="${about}">
<path d="M0 ${base}.5h${width}" /><text x="0" y="12">${formatSeconds(longest)}</text>
${bars}
</svg>
<p class="ends muted">${formatTime(first.startedAt, zone)} <span>${formatTime(last.startedAt, zone)}</span></p>
</figure>`;
}
