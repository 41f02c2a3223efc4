import {html} from 'hono/html';
import type {RunDetail} from '../../runs/history.ts';
import {formatCommandLine} from '../../words/command-line.ts';
import {formatCount} from '../../words/format.ts';
import {toCheck} from './checks-page.ts';
import {formatSeconds, formatTime, type Html, renderOutcome, renderPage} from './page.ts';

/** Renders one run: its steps, its log, and the checks that did not pass. */
export function renderRun(run: RunDetail, zone: string): Html {
  return renderPage(
    `Run ${run.run}`,
    html`<section id="run" data-live>
<h2>What it did</h2>
<div>${renderRunSummary(run, zone)}${renderSteps(run)}</div>
</section>
<section id="findings" data-live>
<h2>Checks that did not pass</h2>
<div>${renderFindings(run)}</div>
</section>
<section id="log" data-live>
<h2>Log</h2>
${renderLog(run, zone)}
</section>`,
    {at: '/operations', zone, live: true},
  );
}

export function renderRunSummary(
  {command, options, startedAt, outcome: came, seconds: took, error, host, pid}: RunDetail,
  zone: string,
): Html {
  return html`<p>${renderOutcome(came)} <span class="command">${formatCommandLine(command, options)}</span></p>
<p class="muted">${formatTime(startedAt, zone)} on ${host}, process ${pid}${took === null ? '' : `, ${formatSeconds(took)}`}</p>
${error ? html`<p class="error">${error}</p>` : ''}`;
}

export function renderSteps({steps, outcome: came}: RunDetail): Html | string {
  if (steps.length === 0) return '';
  return html`<ol class="steps">${steps.map(
    (step) =>
      html`<li class="${step.outcome}"><b>${step.name}</b> <span>${step.summary ?? step.doing ?? (came === 'running' ? '…' : '')}</span> <span class="muted">${step.outcome === 'done' ? formatSeconds(step.seconds) : renderOutcome(step.outcome)}</span></li>`,
  )}</ol>`;
}

const samplesShown = 5;

/** Renders the checks that did not pass, errors first, each with sample rows. */
export function renderFindings({findings}: RunDetail): Html {
  if (findings.length === 0) return html`<p class="muted">None.</p>`;
  const byCheck = [...Map.groupBy(findings, ({status, place, name}) => `${status} ${place} ${name}`).values()];
  return html`${byCheck.map(([first, ...others]) => {
    if (first === undefined) return '';
    const all = [first, ...others];
    const sum = all.reduce((total, {failing}) => total + failing, 0);
    const years = all.flatMap(({schoolYear}) => schoolYear ?? []).sort();
    const samples = all.flatMap((each) => each.samples);
    const id = `finding-${first.status}-${first.place}-${first.name}`.replaceAll(/[^a-z0-9-]+/gi, '-');
    return html`<details id="${id}"><summary>${renderOutcome(first.status)} <b>${first.name}</b> <span class="muted">${first.place}${years.length > 0 ? ` · ${years.join(', ')}` : ''} · ${formatCount(sum)} failing</span></summary>
${first.description ? html`<p>Expected: ${first.description}</p>` : ''}
<p><a href="${toCheck(first)}">Its history</a></p>
<ul class="rows">${samples.slice(0, samplesShown).map((sample) => html`<li>${typeof sample === 'string' ? sample : JSON.stringify(sample)}</li>`)}</ul>
${samples.length > samplesShown ? html`<p class="muted">and ${samples.length - samplesShown} more of them</p>` : ''}</details>`;
  })}`;
}

function renderLog({log}: RunDetail, zone: string): Html {
  if (log.length === 0) return html`<p class="muted">Nothing unusual was logged.</p>`;
  return html`<ul class="log">${log.map(
    ({at, level, message}) =>
      html`<li class="${level}"><span class="muted">${formatTime(at, zone, 'second')}</span> <span>${message}</span></li>`,
  )}</ul>`;
}
