import {html} from 'hono/html';
import {formatCommandLine} from '../words/command-line.ts';
import {formatCount, formatYears} from '../words/format.ts';
import type {Overview} from './overview.ts';
import {distance, type Html, outcome, page, seconds, time} from './page.ts';
import {findings, runInWords, steps} from './run-page.ts';

export interface Visitor {
  /** The token has been entered in this browser. */
  isIn: boolean;
  /** What came of what was just asked for, where it was refused. */
  refusal: string | undefined;
}

/** The operations page: what is, what was, and for whoever has entered the token, what can be done. */
export function operationsPage(overview: Overview, visitor: Visitor): Html {
  return page(
    'Operations',
    html`${visitor.refusal ? html`<p class="error" role="alert">${visitor.refusal}</p>` : ''}
<section id="state" data-live>${state(overview)}</section>
<section id="latest" data-live><h2>Latest run</h2>${latest(overview)}</section>
<section id="act"><h2>Run now</h2>${act(overview, visitor)}</section>
<section id="sources" data-live><h2>Sources</h2>${sources(overview)}</section>
<section id="changes" data-live><h2>What changed</h2>${events(overview)}</section>
<section id="checks" data-live><h2>Checks that did not pass</h2>${checks(overview)}</section>
<section id="runs" data-live><h2>Runs</h2>${runs(overview)}</section>
<section id="builds" data-live><h2>Builds</h2>${builds(overview, visitor)}</section>`,
    {live: true},
  );
}

function state({history, schedule, rest, work, now}: Overview): Html {
  const published = history.builds.find(({isPublished}) => isPublished);
  return html`${published?.isSample ? html`<p class="sample" role="note">SAMPLE: invented schools and figures, not data of any real school.</p>` : ''}
<dl>
<dt>Published</dt><dd>${
    published
      ? html`<code>${published.build}</code>, ${formatYears(published.schoolYears)}${published.builtAt ? `, made ${distance(published.builtAt, now)}` : ''}${published.problem ? html` <span class="outcome bad">${published.problem}</span>` : ''}`
      : 'nothing yet'
  }</dd>
<dt>Schedule</dt><dd>${
    schedule
      ? html`next ${schedule.next.map((at, index) => html`${index === 0 ? html`<b>${local(at, schedule.timeZone)}</b>, ${distance(at, now)}` : html`; ${local(at, schedule.timeZone)}`}`)} <span class="muted">(<code>${schedule.cron}</code>, ${schedule.timeZone}, from ${schedule.from})</span>`
      : rest
  }</dd>
</dl>
${
  work?.ended && work.ended.code !== 0
    ? html`<p class="error">The ${work.command.split(' ')[0]} ${work.by === 'schedule' ? 'of the schedule' : 'asked for here'} (${distance(work.ended.at, now)}) ended with exit code ${work.ended.code}: ${lastWords(work.ended.stderr)}</p>`
    : ''
}`;
}

/** A time where the schedule is kept. */
function local(at: string, timeZone: string): Html {
  const words = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return html`<time datetime="${at}">${words.format(new Date(at))}</time>`;
}

function lastWords(told: string): string {
  const said = told.slice(Math.max(0, told.lastIndexOf('rollcall:')));
  return said
    .replace(/^rollcall:\s*/, '')
    .trim()
    .slice(0, 600);
}

function latest({latest}: Overview): Html {
  if (latest === null) return html`<p class="muted">Nothing has run here yet.</p>`;
  return html`${runInWords(latest)}${steps(latest)}<p><a href="/operations/runs/${latest.run}">Run ${latest.run} with its log</a></p>`;
}

/** What the browser takes for a list of school years; the server looks again. */
const schoolYears = String.raw`\s*\d{4}-\d{2}(\s*,\s*\d{4}-\d{2})*\s*`;

function act({sources, history}: Overview, {isIn}: Visitor): Html {
  const plan = html`<form method="get" action="/operations/plan"><button class="quiet">What would it do?</button> <span class="muted">Asks the publisher whether anything is new.</span></form>`;
  if (!isIn) {
    return html`<form method="post" action="/operations/enter">
<label>Token <input type="password" name="token" required autocomplete="current-password"></label> <button>Enter</button>
<p class="muted">Reading is open to everybody who reaches this page; doing asks for the token that is in the home, in <code>operations.token</code>.</p>
</form>${plan}`;
  }
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
<label class="check"><input type="checkbox" name="force"> reshape and build again what is there</label>
<button>Run now</button>
</form>${plan}
<form method="post" action="/operations/leave"><button class="quiet">Leave</button> <span class="muted">The token has been entered in this browser.</span></form>`;
}

function sources({sources, now}: Overview): Html {
  return html`${sources.map(({title, publisher, datasets, overdue, next}) => {
    const known = datasets.filter(({landedAt}) => landedAt !== null);
    const latest = (pick: (of: (typeof datasets)[number]) => string | null) =>
      known
        .map(pick)
        .filter((at) => at !== null)
        .sort()
        .at(-1);
    const checked = latest(({checkedAt}) => checkedAt);
    const published = latest(({publishedAt}) => publishedAt);
    const landed = latest(({landedAt}) => landedAt);
    return html`<h3>${title} <span class="muted">${publisher}</span></h3>
${overdue ? html`<p class="error">${overdue.message}</p>` : ''}
<p>${
      known.length === 0
        ? datasets.length === 0
          ? 'Not published online; comes as a file.'
          : 'Never downloaded here.'
        : html`Asked ${checked ? distance(checked, now) : ''}, published ${published ? distance(published, now) : ''}, last changed here ${landed ? distance(landed, now) : ''}.`
    }${next && known.length > 0 ? html` <span class="muted">Next expected: ${next.release} ${next.schoolYear} by ${next.by}.</span>` : ''}</p>
${
  known.length === 0
    ? ''
    : html`<details id="source-${title.replaceAll(/[^a-z]+/gi, '-')}"><summary>${known.length} of ${datasets.length} data sets</summary><div class="wide" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th>School years</th><th>Data set</th><th class="number">Rows</th><th>Asked</th><th>Published</th><th>Landed</th></tr></thead><tbody>${datasets.map(
        (each) =>
          html`<tr><td>${formatYears(each.schoolYears)}</td><td><code>${each.id}</code></td><td class="number">${formatCount(each.rows)}</td><td>${time(each.checkedAt)}</td><td>${time(each.publishedAt)}</td><td>${time(each.landedAt)}</td></tr>`,
      )}</tbody></table></div></details>`
}`;
  })}`;
}

function events({events, now}: Overview): Html {
  return html`${
    events.length === 0
      ? html`<p class="muted">Nothing that is on record.</p>`
      : html`<ul class="log">${events.map(({at, kind, message}) => html`<li class="${kind}"><span class="muted">${distance(at, now)}</span> <span>${message}</span></li>`)}</ul>`
  }
<p><a href="/operations/changes">The published build beside the one before</a></p>`;
}

function checks({checked}: Overview): Html {
  if (checked === null) return html`<p class="muted">Nothing has been checked yet.</p>`;
  return html`<p class="muted">In <a href="/operations/runs/${checked.run}">run ${checked.run}</a>. What warns is published all the same.</p>${findings(checked)}`;
}

function runs({history}: Overview): Html {
  if (history.runs.length === 0) return html`<p class="muted">None yet.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Runs"><table><thead><tr><th>Run</th><th>Outcome</th><th>Started, UTC</th><th class="number">Took</th><th>Command</th></tr></thead><tbody>${history.runs.map(
    ({run, startedAt, command, options, outcome: came, seconds: took}) =>
      html`<tr><td><a href="/operations/runs/${run}">${run}</a></td><td>${outcome(came)}</td><td>${time(startedAt)}</td><td class="number">${seconds(took)}</td><td><span class="command">${formatCommandLine(command, options)}</span></td></tr>`,
  )}</tbody></table></div>`;
}

function builds({history}: Overview, {isIn}: Visitor): Html {
  if (history.builds.length === 0) return html`<p class="muted">None yet.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Builds"><table><thead><tr><th>Build</th><th>State</th><th>Made, UTC</th><th>School years</th><th class="number">Rows</th></tr></thead><tbody>${history.builds.map(
    ({build, builtAt, schoolYears, rows, isPublished, isWithdrawn, problem}) =>
      html`<tr><td><code>${build}</code></td><td>${
        isPublished
          ? html`<b>published</b>`
          : html`${problem ? html`<span class="outcome bad">damaged</span>` : isWithdrawn ? html`<span class="muted">rolled back from</span> ` : ''}${isIn && !problem ? html`<form method="post" action="/operations/rollback"><input type="hidden" name="build" value="${build}"><button class="quiet" aria-label="Publish build ${build}">Publish this one</button></form>` : ''}`
      }</td><td>${time(builtAt)}</td><td>${formatYears(schoolYears)}</td><td class="number">${formatCount(rows)}</td></tr>`,
  )}</tbody></table></div>
${isIn || history.builds.length === 1 ? '' : html`<p class="muted">With the token entered, an earlier build can be published again.</p>`}`;
}
