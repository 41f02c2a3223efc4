import {formatCounted} from '../../../src/words/count.ts';
import {formatBytes, formatCount, formatSchoolYear, formatTime, joinWords} from '../../../src/words/format.ts';
import {rejectKindWords} from '../../../src/words/rejects.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';

export function renderData(context: PageContext): Html {
  const {report, to} = context;
  const {build, files, checks, downloads, tables, diagrams, restatements, questions, explorations} = report;
  const size = (name: string, format: 'csv' | 'json' | 'parquet') =>
    formatBytes(downloads.find((download) => download.name === name && download.format === format)?.bytes ?? 0);
  const answers = [...questions, ...explorations].filter(({schoolYear}) => schoolYear !== null);
  const marts = [...new Set(downloads.filter(({kind}) => kind === 'mart').map(({name}) => name))];
  const titles = new Map(report.sources.map(({id, title}) => [id, title]));
  const warned = checks.sources.filter(({status}) => status !== 'pass');
  const warnedTests = checks.tests.filter(({status}) => status !== 'pass');
  const passed = checks.sources.length - warned.length;
  const passedTests = checks.tests.length - warnedTests.length;
  const grain = (name: string) =>
    /One row = ([^:.]+)/.exec(tables.find((table) => table.name === name)?.description ?? '')?.[1] ?? '';
  const drawn: Record<string, string> = {
    'flow.svg': 'From the sources to what people read',
    'keys.svg': 'How the tables hang together',
    'models.svg': 'Which table is made from which',
  };
  return renderPage(
    context,
    {
      at: 'data/',
      title: 'Data: downloads, sources, checks',
      description:
        'The files behind the report: each answer and table to download, the sources with their hashes and dates, the checks and what they found.',
    },
    html`
      <h1>Data</h1>
      <p class="lead">Everything that the report shows, to take away; where it comes from; and what was checked.</p>
      ${build.isSample && html`<p class="warning">This is a sample: every file has SAMPLE in its name, and <code>is_sample</code> as its first column.</p>`}

      <section aria-labelledby="answers">
        <h2 id="answers">Answers</h2>
        <div>
          <p>Each answer with just its columns, as <code>rollcall answer</code> and <code>rollcall explore</code> print it.</p>
          <ul class="downloads">
            ${answers.map(
              ({name, question, schoolYear, rows}) => html`<li>
                <span>${question}</span>
                <span class="files">${formatSchoolYear(schoolYear ?? '')} · ${formatCounted(rows.length, 'row')} · <a href="${toDownload(context, name)}" download>CSV<span class="hidden-label"> of ${name}</span></a> ${size(name, 'csv')} · <a href="${toDownload(context, name, 'json')}" download>JSON<span class="hidden-label"> of ${name}</span></a></span>
              </li>`,
            )}
          </ul>
        </div>
      </section>

      <section aria-labelledby="tables">
        <h2 id="tables">Tables</h2>
        <div>
          <p>The tables that the pages are made of, all school years, the region’s schools. Parquet keeps the types; CSV opens anywhere. What each column means is in the <a href="${to('data/dictionary/')}">dictionary</a>.</p>
          <ul class="downloads">
            ${marts.map(
              (name) => html`<li>
                <span><a href="${to(`data/dictionary/#${name}`)}"><code>${name}</code></a><br>${grain(name)}</span>
                <span class="files">${formatCounted(downloads.find((download) => download.name === name)?.rows ?? 0, 'row')} · <a href="${toDownload(context, name)}" download>CSV<span class="hidden-label"> of ${name}</span></a> ${size(name, 'csv')} · <a href="${toDownload(context, name, 'parquet')}" download>Parquet<span class="hidden-label"> of ${name}</span></a> ${size(name, 'parquet')}</span>
              </li>`,
            )}
          </ul>
        </div>
      </section>

      <section aria-labelledby="sources">
        <h2 id="sources">Sources</h2>
        <div>
          <p>The files as they came, kept unchanged and named by their SHA-256. A figure that surprises can be followed from its page to the line of one of these.</p>
          ${files.map(
            (file) => html`<article class="file" id="file-${file.landed_sha256.slice(0, 12)}">
              <h3>${file.file_name}</h3>
              <dl class="facts">
                <div><dt>What</dt><dd>${titles.get(file.source_id) ?? file.source_id}${file.is_sample && ', SAMPLE: invented'}</dd></div>
                <div><dt>Came from</dt><dd>${/^https?:/.test(file.origin) ? html`<a href="${file.origin}" rel="external">${file.origin}</a>` : html`a folder, as ${file.origin}`}</dd></div>
                <div><dt>Fetched</dt><dd>${file.landed_at ? formatTime(file.landed_at) : 'at a time that is not known'}${file.published_at && `, published ${formatTime(file.published_at)}`}</dd></div>
                <div><dt>Size</dt><dd>${formatBytes(file.byte_count)}</dd></div>
                <div><dt>Rows</dt><dd>${file.partitions.length === 0 ? 'none used' : file.partitions.map(({school_year, rows_in_count, rows_loaded_count, rows_rejected_count}) => `${school_year ? `${formatSchoolYear(school_year)}: ` : ''}${formatCount(rows_in_count)} in, ${formatCount(rows_loaded_count)} loaded${rows_rejected_count ? `, ${formatCount(rows_rejected_count)} set aside` : ''}`).join('; ')}</dd></div>
                <div><dt>SHA-256</dt><dd><code class="hash">${file.landed_sha256}</code></dd></div>
              </dl>
            </article>`,
          )}
        </div>
      </section>

      <section aria-labelledby="checks">
        <h2 id="checks">Checks</h2>
        <div>
          <p>${formatCounted(passed, 'check')} of the sources and ${formatCounted(passedTests, 'test')} of the tables passed; ${warned.length + warnedTests.length === 0 ? 'none found anything' : `${warned.length + warnedTests.length} found something worth knowing`}. A failed one would have kept this report from being published.</p>
          ${
            warned.length > 0 &&
            html`<div class="scroll" tabindex="0" role="region" aria-label="Checks that found something">
              <table>
                <caption>What the checks of the sources found</caption>
                <thead><tr><th scope="col">Source</th><th scope="col">Expected</th><th scope="col" class="number">Not so in</th><th scope="col" class="number">of</th><th scope="col">School years</th></tr></thead>
                <tbody>${warned.map(({source_id, description, failing_count, compared_count, school_years}) => html`<tr><td>${titles.get(source_id) ?? source_id}</td><th scope="row" class="long">${description}</th><td class="number">${formatCount(failing_count)}</td><td class="number">${formatCount(compared_count)}</td><td>${school_years.map(formatSchoolYear).join(', ')}</td></tr>`)}</tbody>
              </table>
            </div>`
          }
          ${
            warnedTests.length > 0 &&
            html`<div class="scroll after" tabindex="0" role="region" aria-label="Tests that found something">
              <table>
                <caption>What the tests of the tables found</caption>
                <thead><tr><th scope="col">Test</th><th scope="col" class="number">Rows that differ</th></tr></thead>
                <tbody>${warnedTests.map(({test_name, failing_count}) => html`<tr><th scope="row">${test_name.replaceAll('_', ' ')}</th><td class="number">${formatCount(failing_count)}</td></tr>`)}</tbody>
              </table>
            </div>`
          }
          <details>
            <summary>All checks and tests</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="All checks of the sources">
              <table>
                <caption>Checks of the sources</caption>
                <thead><tr><th scope="col">Source</th><th scope="col">Expected</th><th scope="col">Result</th></tr></thead>
                <tbody>${checks.sources.map(({source_id, description, status}) => html`<tr><td>${titles.get(source_id) ?? source_id}</td><th scope="row" class="long">${description}</th><td>${status === 'pass' ? 'passed' : 'warned'}</td></tr>`)}</tbody>
              </table>
            </div>
            <ul class="tests after">${[...Map.groupBy(checks.tests, ({path}) => path)].map(([path, tests]) => html`<li><code>${path.replace(/^models\/|\.yml$|\.sql$/g, '')}</code>: ${formatCounted(tests.filter(({status}) => status === 'pass').length, 'test')} passed${tests.some(({status}) => status !== 'pass') && `, ${tests.filter(({status}) => status !== 'pass').length} warned`}</li>`)}</ul>
          </details>
        </div>
      </section>

      <section aria-labelledby="aside">
        <h2 id="aside">Set aside and corrected</h2>
        <div>
          <p>${formatCount(build.rows.in)} rows came in, ${formatCount(build.rows.loaded)} were used, ${formatCount(build.rows.rejected)} set aside, each with its reason.</p>
          ${
            checks.rejected.length > 0 &&
            html`<ul>${[
              ...Map.groupBy(
                checks.rejected,
                ({source_id, school_year, kind}) => `${source_id} ${school_year} ${kind}`,
              ).values(),
            ].map(
              (rows) =>
                html`<li>${titles.get(rows[0]?.source_id ?? '') ?? rows[0]?.source_id}, ${rows[0]?.school_year ? formatSchoolYear(rows[0].school_year) : 'no year'}: ${formatCounted(
                  rows.reduce((sum, {row_count}) => sum + row_count, 0),
                  'row',
                )}, ${rows[0] && rejectKindWords[rows[0].kind]} (for example: ${rows[0]?.example})</li>`,
            )}</ul>`
          }
          ${
            checks.corrections.length > 0 &&
            html`
            <h3>Corrections</h3>
            <ul>${[...Map.groupBy(checks.corrections, ({correction_id}) => correction_id).values()].map((rows) => html`<li>${rows[0]?.what} ${rows[0]?.reason} <span class="muted">(${rows.map(({school_year, status, row_count}) => `${school_year ? formatSchoolYear(school_year) : 'all years'}: ${status === 'applied' ? formatCounted(row_count, 'row') : status}`).join('; ')})</span></li>`)}</ul>
          `
          }
        </div>
      </section>

      <section aria-labelledby="restated">
        <h2 id="restated">Restated since the last build</h2>
        <div>
          ${
            restatements
              ? restatements.sentences.length === 0
                ? html`<p>Nothing differs from build ${restatements.from.build} of ${formatTime(restatements.from.builtAt)}.</p>`
                : html`<p>Compared with build ${restatements.from.build} of ${formatTime(restatements.from.builtAt)}:</p><ul>${restatements.sentences.map((text) => html`<li>${text}</li>`)}</ul>`
              : html`<p>There is no earlier build here to compare this one with. The state restates its figures: preliminary until June, final after.</p>`
          }
        </div>
      </section>

      ${
        diagrams.length > 0 &&
        html`<section aria-labelledby="diagrams">
          <h2 id="diagrams">Diagrams</h2>
          <div>
            ${diagrams.map(
              (name) => html`<details>
                <summary>${drawn[name] ?? name}</summary>
                <p class="small"><a href="${to(`data/diagrams/${name}`)}">The diagram by itself (SVG)</a></p>
                <div class="scroll" tabindex="0" role="region" aria-label="${drawn[name] ?? name}">
                  <img class="diagram" src="${to(`data/diagrams/${name}`)}" alt="${drawn[name] ?? name}. The same in words: the dictionary." loading="lazy">
                </div>
              </details>`,
            )}
          </div>
        </section>`
      }

      <section aria-labelledby="build">
        <h2 id="build">This build</h2>
        <dl class="facts">
          <div><dt>Build</dt><dd><code>${build.build}</code>: the fingerprint of everything that went into it. The same files and code give the same build.</dd></div>
          <div><dt>Made</dt><dd>${formatTime(build.builtAt)}</dd></div>
          <div><dt>With</dt><dd>Rollcall ${build.versions.rollcall}, DuckDB ${build.versions.duckdb}, Node ${build.versions.node}</dd></div>
          <div><dt>School years</dt><dd>${joinWords(report.years.map(({schoolYear, sources: has}) => `${formatSchoolYear(schoolYear)} (${joinWords([has.includes('ospi-enrollment') ? 'students' : '', has.includes('ospi-teachers') ? 'teachers' : ''].filter(Boolean))})`))}</dd></div>
        </dl>
      </section>`,
  );
}
