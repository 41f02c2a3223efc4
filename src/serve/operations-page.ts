import {html} from 'hono/html';
import type {RunDetail} from '../runs/history.ts';
import {formatCommandLine} from '../words/command-line.ts';
import {formatCount, formatYears} from '../words/format.ts';
import type {Overview} from './overview.ts';
import {drawDurations} from './pages/durations.ts';
import {formatDistance, formatSeconds, formatTime, type Html, renderOutcome, renderPage} from './pages/page.ts';
import {renderFindings, renderRunSummary, renderSteps} from './pages/run-page.ts';

export interface Visitor {
  /** Whether the token was entered in this browser. */
  isSignedIn: boolean;
  /** Why the visitor's last action was refused. */
  refusal: string | undefined;
}

const runsListed = 15;

/** Renders the operations page: the state, the history and, if the token was entered, the actions. */
export function renderOperations(overview: Overview, visitor: Visitor): Html {
  return renderPage(
    'Operations',
    html`${visitor.refusal ? html`<p class="error" role="alert">${visitor.refusal}</p>` : ''}
${[
  {id: 'state', title: 'Now', content: renderState(overview)},
  {id: 'latest', title: 'Latest run', content: renderLatest(overview)},
  {id: 'act', title: 'Run now', content: renderActions(overview, visitor)},
  {id: 'sources', title: 'Sources', content: renderSources(overview)},
  {id: 'changes', title: 'What changed', content: renderEvents(overview)},
  {id: 'checks', title: 'Checks that did not pass', content: renderChecks(overview)},
  {id: 'runs', title: 'Runs', content: renderRuns(overview)},
  {id: 'builds', title: 'Builds', content: renderBuilds(overview, visitor)},
].map(
  ({id, title, content}) =>
    html`<section id="${id}"${id !== 'act' || visitor.isSignedIn ? html` data-live` : ''}><h2>${title}</h2><div>${content}</div></section>`,
)}`,
    {at: '/operations', zone: overview.zone, live: true},
  );
}

function renderState({history, schedule, rest, work, latest, now, zone}: Overview): Html {
  const published = history.builds.find(({isPublished}) => isPublished);
  return html`${published?.isSample ? html`<p class="warning">SAMPLE: invented schools and figures, not data of any real school.</p>` : ''}${published?.label ? html`<p class="warning">${published.label}</p>` : ''}
<dl class="facts">
<div><dt>Published</dt><dd>${
    published
      ? html`<code>${published.build}</code>, ${formatYears(published.schoolYears)}${published.builtAt ? `, made ${formatDistance(published.builtAt, now)}` : ''}${published.problem ? html` <span class="outcome bad">${published.problem}</span>` : ''}`
      : 'nothing yet'
  }</dd></div>
<div><dt>Schedule</dt><dd>${
    schedule
      ? html`next ${schedule.next.map((at, index) => html`${index === 0 ? html`<b>${formatTime(at, zone)}</b>, ${formatDistance(at, now)}` : html`; ${formatTime(at, zone)}`}`)} <span class="muted">(<code>${schedule.cron}</code>, from ${schedule.from})</span>`
      : rest
  }</dd></div>
</dl>
${
  work?.ended && work.ended.code !== 0
    ? html`<p class="error">The ${work.command.split(' ')[0]} ${work.by === 'schedule' ? 'of the schedule' : 'asked for here'} (${formatDistance(work.ended.at, now)}) ended with exit code ${work.ended.code}${isSaidBy(latest, work.ended.stderr) ? html`; <a href="#latest">the latest run</a> says why.` : html`: ${extractMessage(work.ended.stderr)}`}</p>`
    : ''
}`;
}

/** Returns whether a run's error is the message of a command, so that the page has it once. */
export function isSaidBy(run: Pick<RunDetail, 'error'> | null, stderr: string): boolean {
  const flatten = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const error = flatten(run?.error ?? '').slice(0, 200);
  return error !== '' && flatten(extractMessage(stderr)).startsWith(error);
}

function extractMessage(stderr: string): string {
  return stderr
    .slice(Math.max(0, stderr.lastIndexOf('rollcall:')))
    .replace(/^rollcall:\s*/, '')
    .trim()
    .slice(0, 600);
}

function renderLatest({latest, zone}: Overview): Html {
  if (latest === null) return html`<p class="muted">Nothing has run here yet.</p>`;
  return html`${renderRunSummary(latest, zone)}${renderSteps(latest)}<p><a href="/operations/runs/${latest.run}">Run ${latest.run} with its log</a></p>`;
}

/** The browser's pattern for a list of school years. The server checks the list again. */
const schoolYears = String.raw`\s*\d{4}-\d{2}(\s*,\s*\d{4}-\d{2})*\s*`;

const tokenForm = html`<form method="post" action="/operations/enter">
<label>Token <input type="password" name="token" required autocomplete="current-password"></label> <button>Enter</button>
</form>`;

/** Renders the page of a private server for somebody without the token, or after a wrong one. */
export function renderEntrance(refusal?: string): Html {
  return renderPage(
    'Operations',
    html`${refusal ? html`<p class="error" role="alert">${refusal}</p>` : ''}${tokenForm}<p class="muted">The token is in <code>operations.token</code> in the home directory.</p>`,
  );
}

function renderActions({sources, history, isBusy, obstacle, work}: Overview, {isSignedIn}: Visitor): Html {
  const plan = html`<form method="get" action="/operations/plan"><button class="quiet">What would it do?</button> <span class="muted">Asks the publisher whether anything is new.</span></form>`;
  if (!isSignedIn) {
    return html`${tokenForm}<p class="muted">To start a run, enter the token: <code>operations.token</code> in the home directory has it.</p>${plan}`;
  }
  const leave = html`<form method="post" action="/operations/leave"><button class="quiet">Leave</button> <span class="muted">The token has been entered in this browser.</span></form>`;
  if (isBusy) {
    const isOurs = work !== null && work.ended === null;
    return html`<p class="muted">Something is running${isOurs ? '' : ', and was not started here'}. The next run can start once it has ended.</p>
${isOurs ? html`<form method="post" action="/operations/stop"><button>Stop</button> <span class="muted">A run ends after its step; the published build stays.</span></form>` : ''}${leave}`;
  }
  if (obstacle !== null) return html`<p class="muted">${obstacle}</p>${leave}`;
  const years = [
    ...new Set([
      ...sources.flatMap(({datasets}) => datasets.flatMap(({schoolYears}) => schoolYears)),
      ...history.builds.flatMap(({schoolYears}) => schoolYears),
    ]),
  ].sort();
  return html`<form method="post" action="/operations/run">
<label>School years <input name="years" placeholder="all" list="years" pattern="${schoolYears}" title="2019-20,2020-21"></label>
<datalist id="years">${years.map((year) => html`<option value="${year}">`)}</datalist>
<label>Only <select name="only"><option value="">every source</option>${sources.map(({source, title}) => html`<option value="${source}">${title}</option>`)}</select></label>
<label class="check"><input type="checkbox" name="refresh"> download again what seems unchanged</label>
<label class="check"><input type="checkbox" name="force"> reshape and build again what already exists</label>
<button>Run now</button>
</form>${plan}${leave}`;
}

function renderSources({sources, now, zone}: Overview): Html {
  return html`${sources.map(({title, publisher, datasets, file, overdue, next}) => {
    const known = datasets.filter(({landedAt}) => landedAt !== null);
    const findLatest = (pick: (of: (typeof datasets)[number]) => string | null) =>
      known
        .map(pick)
        .filter((at) => at !== null)
        .sort()
        .at(-1);
    const checked = findLatest(({checkedAt}) => checkedAt);
    const published = findLatest(({publishedAt}) => publishedAt);
    const landed = findLatest(({landedAt}) => landedAt);
    return html`<h3>${title} <span class="muted">${publisher}</span></h3>
${overdue ? html`<p class="error">${overdue.message}</p>` : ''}
<p>${
      known.length === 0
        ? file
          ? html`From a folder: <code>${file.fileName}</code>, last changed here ${formatDistance(file.landedAt, now)}.`
          : datasets.length === 0
            ? 'Not published online; comes as a file.'
            : 'Never downloaded here.'
        : html`Asked ${checked ? formatDistance(checked, now) : ''}, published ${published ? formatDistance(published, now) : ''}, last changed here ${landed ? formatDistance(landed, now) : ''}.`
    }${next && known.length > 0 ? html` <span class="muted">Next expected: ${next.release} ${next.schoolYear} by ${next.by}.</span>` : ''}</p>
${
  known.length === 0
    ? ''
    : html`<details id="source-${title.replaceAll(/[^a-z]+/gi, '-')}"><summary>${known.length} of ${datasets.length} data sets</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th>School years</th><th>Data set</th><th class="number">Rows</th><th>Asked</th><th>Published</th><th>Landed</th></tr></thead><tbody>${datasets.map(
        (each) =>
          html`<tr><td>${formatYears(each.schoolYears)}</td><td><code>${each.id}</code></td><td class="number">${formatCount(each.rows)}</td><td>${formatTime(each.checkedAt, zone)}</td><td>${formatTime(each.publishedAt, zone)}</td><td>${formatTime(each.landedAt, zone)}</td></tr>`,
      )}</tbody></table></div></details>`
}`;
  })}`;
}

function renderEvents({events, now}: Overview): Html {
  return html`${
    events.length === 0
      ? html`<p class="muted">Nothing is on record.</p>`
      : html`<ul class="log">${events.map(({at, kind, message}) => html`<li class="${kind}"><span class="muted">${formatDistance(at, now)}</span> <span>${message}</span></li>`)}</ul>`
  }
<p><a href="/operations/changes">The published build beside the one before</a></p>`;
}

function renderChecks({checked}: Overview): Html {
  if (checked === null) return html`<p class="muted">Nothing has been checked yet.</p>`;
  return html`<p class="muted">In <a href="/operations/runs/${checked.run}">run ${checked.run}</a>. Warnings don't keep a build from being published. <a href="/operations/checks">Every check, over the runs</a></p>${renderFindings(checked)}`;
}

function renderRuns({history, zone}: Overview): Html {
  if (history.runs.length === 0) return html`<p class="muted">None yet.</p>`;
  return html`${drawDurations(history.runs, zone)}<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table><thead><tr><th>Run</th><th>Outcome</th><th>Started</th><th class="number">Took</th><th>Command</th></tr></thead><tbody>${history.runs
    .slice(0, runsListed)
    .map(
      ({run, startedAt, command, options, outcome: came, seconds: took}) =>
        html`<tr><td><a href="/operations/runs/${run}">${run}</a></td><td>${renderOutcome(came)}</td><td>${formatTime(startedAt, zone)}</td><td class="number">${formatSeconds(took)}</td><td><span class="command">${formatCommandLine(command, options)}</span></td></tr>`,
    )}</tbody></table></div>`;
}

function renderBuilds({history, isBusy, zone}: Overview, {isSignedIn}: Visitor): Html {
  if (history.builds.length === 0) return html`<p class="muted">None yet.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Builds"><table><thead><tr><th>Build</th><th>State</th><th>Made</th><th>School years</th><th class="number">Rows</th></tr></thead><tbody>${history.builds.map(
    ({build, builtAt, schoolYears, rows, isPublished, isWithdrawn, problem}) =>
      html`<tr><td><code>${build}</code></td><td>${
        isPublished
          ? html`<b>published</b>`
          : html`${problem ? html`<span class="outcome bad">damaged</span>` : isWithdrawn ? html`<span class="muted">rolled back from</span> ` : ''}${isSignedIn && !isBusy && !problem ? html`<form method="post" action="/operations/rollback"><input type="hidden" name="build" value="${build}"><button class="quiet" aria-label="Publish build ${build}">Publish this one</button></form>` : ''}`
      }</td><td>${formatTime(builtAt, zone)}</td><td>${formatYears(schoolYears)}</td><td class="number">${formatCount(rows)}</td></tr>`,
  )}</tbody></table></div>
${isSignedIn || history.builds.length === 1 ? '' : html`<p class="muted">With the token entered, an earlier build can be published again.</p>`}`;
}
