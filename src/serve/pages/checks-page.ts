import {html} from 'hono/html';
import type {CheckHistory} from '../../runs/history.ts';
import {formatCounted} from '../../words/count.ts';
import {formatCount} from '../../words/format.ts';
import {formatTime, type Html, renderOutcome, renderPage} from './page.ts';

const at = '/operations/checks';

/** Returns the address of the history of a check. Several sources have checks of one name. */
export function toCheck({name, place}: {name: string; place: string}): string {
  return `${at}/${encodeURIComponent(name)}?${new URLSearchParams({of: place})}`;
}

/** Renders every check and data test by name, with its results over the runs: those that found something first. */
export function renderChecks(checks: readonly CheckHistory[], zone: string): Html {
  const [found, passed] = [checks.filter(hasFound), checks.filter((check) => !hasFound(check))];
  return renderPage(
    'Checks',
    html`${checks.length === 0 ? html`<p class="lead">Nothing has been checked yet.</p>` : html`<p class="lead">Of ${formatCounted(checks.length, 'check and test', 'checks and tests')}, ${formatCount(found.length)} found something in the latest runs.</p>`}
${renderList('found', 'Found something', found, (place, list) => html`<h3>${place}</h3>${list}`)}
${renderList('passed', 'Passed each time', passed, (place, list, count) => html`<details><summary>${place} <span class="muted">${count}</span></summary>${list}</details>`)}`,
    {at, zone},
  );
}

const hasFound = ({results}: CheckHistory) => results.some(({status}) => status !== 'pass');

function renderList(
  id: string,
  title: string,
  checks: readonly CheckHistory[],
  wrap: (place: string, list: Html, count: number) => Html,
): Html | string {
  if (checks.length === 0) return '';
  return html`<section id="${id}"><h2>${title}</h2><div>${[...Map.groupBy(checks, ({place}) => place)].map(
    ([place, of]) =>
      wrap(
        place,
        html`<ul class="checks">${of.map((check) => html`<li><a href="${toCheck(check)}">${check.name}</a> ${drawStrip(check)} <span class="muted">${describe(check)}</span></li>`)}</ul>`,
        of.length,
      ),
  )}</div></section>`;
}

/** Draws a mark for each run, the oldest first. The words beside it say the same. */
function drawStrip({results}: CheckHistory): Html {
  return html`<svg class="strip" viewBox="0 0 ${10 * results.length} 14" width="${10 * results.length}" height="14" aria-hidden="true">${results
    .toReversed()
    .map(({status}, index) =>
      status === 'pass'
        ? html`<rect x="${10 * index + 1}" y="9" width="7" height="4" />`
        : html`<rect class="${status}" x="${10 * index + 1}" y="1" width="7" height="12" />`,
    )}</svg>`;
}

function describe({results}: CheckHistory): string {
  const counted = [...Map.groupBy(results, ({status}) => status)];
  return counted.map(([status, of]) => `${formatCount(of.length)} × ${statusWords[status] ?? status}`).join(', ');
}

const statusWords: Record<string, string> = {pass: 'passed', warn: 'warned', error: 'failed'};

/** Renders the history of one check. */
export function renderCheck({name, place, kind, description, results}: CheckHistory, zone: string): Html {
  return renderPage(
    name,
    html`<p class="lead">${kind === 'check' ? 'A check of the source' : 'A test of the tables, in'} ${place}.</p>
${description === null ? '' : html`<p>Expected: ${description}</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="Results by run"><table><caption>Results by run, the latest first</caption><thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col">Result</th><th scope="col" class="number">Failing</th><th scope="col" class="number">Compared</th></tr></thead><tbody>${results.map(
      ({run, startedAt, status, failing, compared}) =>
        html`<tr><th scope="row"><a href="/operations/runs/${run}">${run}</a></th><td>${formatTime(startedAt, zone)}</td><td>${renderOutcome(status)}</td><td class="number">${formatCount(failing)}</td><td class="number">${formatCount(compared)}</td></tr>`,
    )}</tbody></table></div>`,
    {at, zone},
  );
}
