import {html} from 'hono/html';
import type {RunDetail} from '../runs/history.ts';
import {formatCommandLine} from '../words/command-line.ts';
import {formatCount} from '../words/format.ts';
import {type Html, outcome, page, seconds, time} from './page.ts';

/** One run with its steps, its log and what did not pass in it. */
export function runPage(run: RunDetail): Html {
  return page(
    `Run ${run.run}`,
    html`<section id="run" data-live>
${runInWords(run)}
${steps(run)}
</section>
<section id="findings" data-live>
<h2>Checks that did not pass</h2>
${findings(run)}
</section>
<section id="log" data-live>
<h2>Log</h2>
${log(run)}
</section>`,
    {live: true},
  );
}

export function runInWords({
  command,
  options,
  startedAt,
  outcome: came,
  seconds: took,
  error,
  host,
  pid,
}: RunDetail): Html {
  return html`<p>${outcome(came)} <span class="command">${formatCommandLine(command, options)}</span></p>
<p class="muted">${time(startedAt)} UTC on ${host}, process ${pid}${took === null ? '' : `, ${seconds(took)}`}</p>
${error ? html`<p class="error">${error}</p>` : ''}`;
}

export function steps({steps, outcome: came}: RunDetail): Html | string {
  if (steps.length === 0) return '';
  return html`<ol class="steps">${steps.map(
    (step) =>
      html`<li class="${step.outcome}"><b>${step.name}</b> <span>${step.summary ?? step.doing ?? (came === 'running' ? '…' : '')}</span> <span class="muted">${step.outcome === 'done' ? seconds(step.seconds) : outcome(step.outcome)}</span></li>`,
  )}</ol>`;
}

const samplesShown = 5;

/** What did not pass: errors first, each with some of its rows. */
export function findings({findings}: RunDetail): Html {
  if (findings.length === 0) return html`<p class="muted">None.</p>`;
  const byCheck = [...Map.groupBy(findings, ({status, place, name}) => `${status} ${place} ${name}`).values()];
  return html`${byCheck.map(([first, ...others]) => {
    if (first === undefined) return '';
    const all = [first, ...others];
    const sum = all.reduce((total, {failing}) => total + failing, 0);
    const years = all.flatMap(({schoolYear}) => schoolYear ?? []).sort();
    const samples = all.flatMap((each) => each.samples);
    const id = `finding-${first.status}-${first.place}-${first.name}`.replaceAll(/[^a-z0-9-]+/gi, '-');
    return html`<details id="${id}"><summary>${outcome(first.status)} <b>${first.name}</b> <span class="muted">${first.place}${years.length > 0 ? ` · ${years.join(', ')}` : ''} · ${formatCount(sum)} failing</span></summary>
${first.description ? html`<p>Expected: ${first.description}</p>` : ''}
<ul class="rows">${samples.slice(0, samplesShown).map((sample) => html`<li>${typeof sample === 'string' ? sample : JSON.stringify(sample)}</li>`)}</ul>
${samples.length > samplesShown ? html`<p class="muted">and ${samples.length - samplesShown} more of them</p>` : ''}</details>`;
  })}`;
}

function log({log}: RunDetail): Html {
  if (log.length === 0) return html`<p class="muted">Nothing out of the ordinary was said.</p>`;
  return html`<ul class="log">${log.map(
    ({at, level, message}) =>
      html`<li class="${level}"><time datetime="${at}">${at.slice(11, 19)}</time> <span>${message}</span></li>`,
  )}</ul>`;
}
