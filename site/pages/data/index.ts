import {formatSchool, groupRegionChanges} from '../../../src/answers/scope.ts';
import type {Checks} from '../../../src/report/checks.ts';
import type {Download, DownloadSize, Report} from '../../../src/report/report.ts';
import type {LandedFile} from '../../../src/report/trace.ts';
import {formatCounted} from '../../../src/words/count.ts';
import {
  capitalize,
  formatBytes,
  formatCount,
  formatDay,
  formatSchoolYear,
  formatTime,
  joinWords,
} from '../../../src/words/format.ts';
import {rejectKindWords} from '../../../src/words/rejects.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';

export function renderData(context: PageContext): Html {
  const {isSample, label} = context.report.build;
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
      <p class="lead">Everything that the report shows, to download. Also where it comes from, and what was checked.</p>
      ${label !== undefined && html`<p class="warning">Every file with figures begins with LABELED in its name, or SAMPLE, and has the label in its column <code>build_label</code>: ${label}</p>`}
      ${isSample && html`<p class="warning">This is a sample: every file has SAMPLE in its name and <code>is_sample</code> as its first column.</p>`}
      ${renderEverything(context)}
      ${renderUse(context)}
      ${renderAnswers(context)}
      ${renderTables(context)}
      ${renderSources(context)}
      ${renderHeldYears(context)}
      ${renderRegion(context)}
      ${renderChecks(context)}
      ${renderSetAside(context)}
      ${renderRestatements(context)}
      ${renderDiagrams(context)}
      ${renderBuild(context)}`,
  );
}

function renderEverything(context: PageContext): Html {
  const files = [
    ['zip', 'All tables as Parquet and CSV, with a README and a description of each column (a zip archive)'],
    ['xlsx', 'An Excel workbook: each answer, every school and district, and what each column means'],
    ['duckdb.zip', 'All tables as a DuckDB database (in a zip archive)'],
  ] as const;
  return html`
    <section aria-labelledby="everything">
      <h2 id="everything">Everything in one file</h2>
      <ul class="downloads">
        ${files.map(([format, what]) => html`<li><span>${what}</span><span class="files">${renderDownload(context, 'rollcall', 'everything', format)}</span></li>`)}
      </ul>
    </section>`;
}

/** Renders how to cite the report, its date and its licenses, and where to report a mistake. */
function renderUse({report, addressOf}: PageContext): Html {
  const {build, files, place, schoolYear, contact} = report;
  const address = addressOf('');
  const year = build.builtAt.slice(0, 4);
  const dated = Map.groupBy(files, (file) => file.source_id);
  const licensed = Map.groupBy(build.inputs, ({source}) => source);
  // Sources of which the same holds are named together.
  const renderEach = (said: [source: string, text: Html | string][]) =>
    [...Map.groupBy(said, ([, text]) => String(text)).values()].map(
      (alike) => html`<p>${joinWords(alike.map(([source]) => findTitle(report, source)))}: ${alike[0]?.[1]}.</p>`,
    );
  return html`
    <section aria-labelledby="use">
      <h2 id="use">Cite, reuse, correct</h2>
      <dl class="facts">
        <div><dt>Cite as</dt><dd>Rollcall (${year}). Do the teachers reflect the students they teach? ${place}, school year ${formatSchoolYear(schoolYear)}.${build.isSample && ' SAMPLE: invented figures.'} Build ${build.build} of ${formatDay(build.builtAt)}, made with Rollcall ${build.versions.rollcall}.${address !== undefined && html` <a href="${address}">${address}</a>`}</dd></div>
        <div><dt>Data as of</dt><dd>${renderEach([...dated].map(([source, of]) => [source, describeDates(of)]))}</dd></div>
        <div><dt>License of the data</dt><dd>${renderEach([...licensed].map(([source, inputs]) => [source, renderLicense(inputs)]))}</dd></div>
        <div><dt>License of the report</dt><dd>Rollcall’s code, and with it the text and the charts of these pages, is under the MIT License. Name the source of the figures.</dd></div>
        <div><dt>A mistake?</dt><dd>${renderContact(contact)} Give the address of the page, the figure, and build ${build.build}. Each school’s page leads to the lines of the files that its figures are from. Is the file itself wrong? Then its publisher has to correct it.</dd></div>
      </dl>
    </section>`;
}

/** Says when the publisher had last changed the files; if it isn't known, when they came here. */
function describeDates(files: readonly LandedFile[]): string {
  const list = (days: readonly string[]) => joinWords([...new Set(days)].sort());
  const published = files.flatMap(({published_at}) => (published_at === null ? [] : [formatDay(published_at)]));
  const supplied = files.flatMap(({published_at, landed_at}) =>
    published_at === null && landed_at !== null ? [formatDay(landed_at)] : [],
  );
  return [
    ...(published.length > 0 ? [`last changed by the publisher on ${list(published)}`] : []),
    ...(supplied.length > 0 ? [`received on ${list(supplied)}; when the publisher last changed it isn’t known`] : []),
  ].join('; ');
}

function renderLicense(inputs: Report['build']['inputs']): Html | string {
  if (inputs.some(({isSample}) => isSample)) return 'MIT, as part of Rollcall';
  const stated = [...new Map(inputs.map(({license}) => [license?.name ?? license?.id ?? license?.url, license]))];
  return html`${stated.map(([name, license], index) => html`${index > 0 && '; '}${name === undefined ? 'none is stated with the file; ask the publisher before you share it' : license?.url === undefined ? name : html`<a href="${license.url}" rel="external">${name}</a>`}`)}`;
}

function renderContact(contact: string | undefined): Html {
  if (contact === undefined) return html`Tell whoever published this report.`;
  return html`Tell us: <a href="${contact}">${contact.replace(/^mailto:/, '')}</a>.`;
}

function renderAnswers(context: PageContext): Html {
  const {questions, explorations} = context.report;
  return html`
    <section aria-labelledby="answers">
      <h2 id="answers">Answers</h2>
      <div>
        <p>Each answer, with the columns that <code>rollcall answer</code> and <code>rollcall explore</code> print.</p>
        <ul class="downloads">
          ${[...questions, ...explorations].map(
            ({name, question, schoolYear, rows}) =>
              schoolYear !== null &&
              html`<li>
                <span>${question}</span>
                <span class="files">${formatSchoolYear(schoolYear)} · ${formatCounted(rows.length, 'row')} · ${renderDownload(context, name, 'answer', 'csv')} · ${renderDownload(context, name, 'answer', 'json')}</span>
              </li>`,
          )}
        </ul>
      </div>
    </section>`;
}

function renderTables(context: PageContext): Html {
  const {report, to} = context;
  const marts = report.downloads.filter(({kind, format}) => kind === 'mart' && format === 'csv');
  const findGrain = (name: string) =>
    /One row = ([^:.]+)/.exec(report.tables.find((table) => table.name === name)?.grain ?? '')?.[1];
  return html`
    <section aria-labelledby="tables">
      <h2 id="tables">Tables</h2>
      <div>
        <p>The tables that the pages are made from: the region’s schools in all school years. Parquet keeps the types. CSV opens anywhere. Small counts of programs and of Gender X are <a href="${to('methods/#withheld')}">left out</a>. The <a href="${to('data/dictionary/')}">dictionary</a> says what each column means. Programs read the figures, each school’s too, as files under <code>api/v1/</code>, which <a href="${to('api/v1/openapi.json')}"><code>openapi.json</code></a> describes.</p>
        <ul class="downloads">
          ${marts.map(
            ({name, file}) => html`<li>
              <span><a href="${to(`data/dictionary/#${name}`)}"><code>${name}</code></a><br>${findGrain(name)}</span>
              <span class="files">${formatCounted(findSize(report, file).rows, 'row')} · ${renderDownload(context, name, 'mart', 'csv')} · ${renderDownload(context, name, 'mart', 'parquet')}</span>
            </li>`,
          )}
        </ul>
      </div>
    </section>`;
}

const formatNames = {
  csv: 'CSV',
  json: 'JSON',
  parquet: 'Parquet',
  zip: 'Parquet and CSV',
  xlsx: 'Excel',
  'duckdb.zip': 'DuckDB',
};

/** Renders a link to a file, with its size. An answer and a mart may have the same name. */
function renderDownload(
  {report, to}: PageContext,
  name: string,
  kind: Download['kind'],
  format: Download['format'],
): Html | false {
  const found = report.downloads.find((each) => each.name === name && each.kind === kind && each.format === format);
  return (
    found !== undefined &&
    html`<a href="${to(`data/files/${found.file}`)}" download>${formatNames[format]}<span class="hidden-label"> of ${name}</span></a> ${formatBytes(findSize(report, found.file).bytes)}`
  );
}

function findSize({sizes}: Report, file: string): DownloadSize {
  const size = sizes.get(file);
  if (size === undefined) throw new Error(`The size of ${file} is not known.`);
  return size;
}

function renderSources(context: PageContext): Html {
  return html`
    <section aria-labelledby="sources">
      <h2 id="sources">Sources</h2>
      <div>
        <p>The files as they came, stored unchanged and named by their SHA-256. A surprising figure can be followed from its page to the line of one of these files.</p>
        ${context.report.files.map((file) => renderFile(context, file))}
      </div>
    </section>`;
}

function renderFile({report}: PageContext, file: LandedFile): Html {
  return html`
    <article class="file" id="file-${file.landed_sha256.slice(0, 12)}">
      <h3>${file.file_name}</h3>
      <dl class="facts">
        <div><dt>What</dt><dd>${findTitle(report, file.source_id)}${file.is_sample && ', SAMPLE: invented'}</dd></div>
        <div><dt>Came from</dt><dd>${capitalize(file.how)}${/^https?:/.test(file.origin) && html`: <a href="${file.origin}" rel="external">${file.origin}</a>`}</dd></div>
        ${file.note !== null && html`<div><dt>Note</dt><dd>${file.note}</dd></div>`}
        <div><dt>Landed</dt><dd>${file.landed_at ? formatTime(file.landed_at) : 'at an unknown time'}${file.published_at && `, published ${formatTime(file.published_at)}`}</dd></div>
        <div><dt>Size</dt><dd>${formatBytes(file.byte_count)}</dd></div>
        <div><dt>Rows</dt><dd>${file.partitions.map(describePartition).join('; ') || 'none used'}</dd></div>
        <div><dt>SHA-256</dt><dd><code class="hash">${file.landed_sha256}</code></dd></div>
      </dl>
    </article>`;
}

function describePartition(partition: LandedFile['partitions'][number]): string {
  const {school_year, rows_in_count, rows_loaded_count, rows_rejected_count} = partition;
  const year = school_year ? `${formatSchoolYear(school_year)}: ` : '';
  const rejected = rows_rejected_count ? `, ${formatCount(rows_rejected_count)} set aside` : '';
  return `${year}${formatCount(rows_in_count)} in, ${formatCount(rows_loaded_count)} loaded${rejected}`;
}

function findTitle({sources}: Report, id: string): string {
  return sources.find((source) => source.id === id)?.title ?? id;
}

function renderHeldYears({report: {heldYears}}: PageContext): Html | false {
  return (
    heldYears.length > 0 &&
    html`<section aria-labelledby="held">
      <h2 id="held">Held back</h2>
      <div>
        <p>These school years are not in this report. They come in once the state’s files can be had and pass the checks.</p>
        <ul>${heldYears.map(({schoolYear, why}) => html`<li>${formatSchoolYear(schoolYear)}. ${why}.</li>`)}</ul>
      </div>
    </section>`
  );
}

/** Renders, for each school year that a list is carried over to, the schools that it doesn't know and those that are gone. */
function renderRegion({report}: PageContext): Html | false {
  const years = [...new Set(report.changes.map(({school_year}) => school_year))];
  return (
    years.length > 0 &&
    html`<section aria-labelledby="region">
      <h2 id="region">The region, and its list</h2>
      <div>
        <p>A school list is of one school year. In other years it is carried over, to the schools that have figures. What it can’t know:</p>
        ${years.map(
          (year) => html`<details>
            <summary>${formatSchoolYear(year)}</summary>
            ${groupRegionChanges(report.changes, year).map(
              ({label, schools}) =>
                html`<p>${capitalize(label)}:</p><ul>${schools.map((school) => html`<li>${formatSchool(school)}</li>`)}</ul>`,
            )}
          </details>`,
        )}
      </div>
    </section>`
  );
}

function renderChecks(context: PageContext): Html {
  const {sources, tests} = context.report.checks;
  const warned = sources.filter(({status}) => status !== 'pass');
  const warnedTests = tests.filter(({status}) => status !== 'pass');
  const found = warned.length + warnedTests.length;
  return html`
    <section aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      <div>
        <p>${formatCounted(sources.length - warned.length, 'check')} of the sources and ${formatCounted(tests.length - warnedTests.length, 'test')} of the tables passed. ${found === 0 ? 'None found anything' : `${found} found something worth knowing`}. Had one failed, this report would not have been published.</p>
        ${warned.length > 0 && renderWarnedChecks(context, warned)}
        ${warnedTests.length > 0 && renderWarnedTests(warnedTests)}
        ${renderAllChecks(context)}
      </div>
    </section>`;
}

function renderWarnedChecks({report}: PageContext, warned: Checks['sources']): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Checks that found something">
      <table>
        <caption>What the checks of the sources found</caption>
        <thead><tr><th scope="col">Source</th><th scope="col">Expected</th><th scope="col" class="number">Not met</th><th scope="col" class="number">of</th><th scope="col">School years</th></tr></thead>
        <tbody>${warned.map(({source_id, description, failing_count, compared_count, school_years}) => html`<tr><td>${findTitle(report, source_id)}</td><th scope="row" class="long">${description}</th><td class="number">${formatCount(failing_count)}</td><td class="number">${formatCount(compared_count)}</td><td>${school_years.map(formatSchoolYear).join(', ')}</td></tr>`)}</tbody>
      </table>
    </div>`;
}

function renderWarnedTests(warned: Checks['tests']): Html {
  return html`
    <div class="scroll after" tabindex="0" role="region" aria-label="Tests that found something">
      <table>
        <caption>What the tests of the tables found</caption>
        <thead><tr><th scope="col">Test</th><th scope="col" class="number">Rows that differ</th></tr></thead>
        <tbody>${warned.map(({test_name, failing_count}) => html`<tr><th scope="row">${test_name.replaceAll('_', ' ')}</th><td class="number">${formatCount(failing_count)}</td></tr>`)}</tbody>
      </table>
    </div>`;
}

function renderAllChecks({report}: PageContext): Html {
  const {sources, tests} = report.checks;
  return html`
    <details>
      <summary>All checks and tests</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="All checks of the sources">
        <table>
          <caption>Checks of the sources</caption>
          <thead><tr><th scope="col">Source</th><th scope="col">Expected</th><th scope="col">Result</th></tr></thead>
          <tbody>${sources.map(({source_id, description, status}) => html`<tr><td>${findTitle(report, source_id)}</td><th scope="row" class="long">${description}</th><td>${status === 'pass' ? 'passed' : 'warned'}</td></tr>`)}</tbody>
        </table>
      </div>
      <ul class="tests after">${[...Map.groupBy(tests, ({path}) => path)].map(([path, ofFile]) => {
        const passed = ofFile.filter(({status}) => status === 'pass').length;
        return html`<li><code>${path.replace(/^models\/|\.yml$|\.sql$/g, '')}</code>: ${formatCounted(passed, 'test')} passed${passed < ofFile.length && `, ${ofFile.length - passed} warned`}</li>`;
      })}</ul>
    </details>`;
}

function renderSetAside({report}: PageContext): Html {
  const {rows} = report.build;
  const {rejected, corrections} = report.checks;
  return html`
    <section aria-labelledby="aside">
      <h2 id="aside">Set aside and corrected</h2>
      <div>
        <p>${formatCount(rows.in)} rows came in. ${formatCount(rows.loaded)} were used and ${formatCount(rows.rejected)} were set aside, each with its reason.</p>
        ${rejected.length > 0 && html`<ul>${rejected.map((each) => html`<li>${describeRejects(report, each)}</li>`)}</ul>`}
        ${
          corrections.length > 0 &&
          html`
            <h3>Corrections</h3>
            <ul>${[...Map.groupBy(corrections, ({correction_id}) => correction_id).values()].map(renderCorrection)}</ul>`
        }
      </div>
    </section>`;
}

function describeRejects(
  report: Report,
  {source_id, school_year, kind, row_count, example}: Checks['rejected'][number],
) {
  const year = school_year ? formatSchoolYear(school_year) : 'no year';
  return `${findTitle(report, source_id)}, ${year}: ${formatCounted(row_count, 'row')}, ${rejectKindWords[kind]} (for example: ${example})`;
}

/** Renders one correction, with its result in each school year. */
function renderCorrection(years: Checks['corrections']): Html {
  const [first] = years;
  const results = years.map(
    ({school_year, status, row_count}) =>
      `${school_year ? formatSchoolYear(school_year) : 'all years'}: ${status === 'applied' ? formatCounted(row_count, 'row') : status}`,
  );
  return html`<li>${first?.what} ${first?.reason} <span class="muted">(${results.join('; ')})</span></li>`;
}

function renderRestatements({report}: PageContext): Html {
  return html`
    <section aria-labelledby="restated">
      <h2 id="restated">Restated since the last build</h2>
      <div>${describeRestatements(report.restatements)}</div>
    </section>`;
}

function describeRestatements(restatements: Report['restatements']): Html {
  if (restatements === undefined)
    return html`<p>There is no earlier build here to compare this one with. The state restates its figures: preliminary until June, final after.</p>`;
  const {from, sentences} = restatements;
  if (sentences.length === 0)
    return html`<p>Nothing differs from build ${from.build} of ${formatTime(from.builtAt)}.</p>`;
  return html`
    <p>Compared with build ${from.build} of ${formatTime(from.builtAt)}:</p>
    <ul>${sentences.map((text) => html`<li>${text}</li>`)}</ul>`;
}

const diagramTitles: Record<string, string> = {
  'flow.svg': 'From the sources to what people read',
  'keys.svg': 'How the tables relate',
  'models.svg': 'Which table is made from which',
};

function renderDiagrams({report, to}: PageContext): Html | false {
  return (
    report.diagrams.length > 0 &&
    html`<section aria-labelledby="diagrams">
      <h2 id="diagrams">Diagrams</h2>
      <div>
        ${report.diagrams.map((name) => {
          const title = diagramTitles[name] ?? name;
          return html`<details>
            <summary>${title}</summary>
            <p class="small"><a href="${to(`data/diagrams/${name}`)}">The diagram by itself (SVG)</a></p>
            <div class="scroll" tabindex="0" role="region" aria-label="${title}">
              <img class="diagram" src="${to(`data/diagrams/${name}`)}" alt="${title}. The dictionary says the same in words." loading="lazy">
            </div>
          </details>`;
        })}
      </div>
    </section>`
  );
}

function renderBuild({report}: PageContext): Html {
  const {build, years} = report;
  const described = years.map(({schoolYear, subjects}) => {
    const has = [
      ...(subjects.includes('enrollment') ? ['students'] : []),
      ...(subjects.includes('teachers') ? ['teachers'] : []),
    ];
    return `${formatSchoolYear(schoolYear)} (${joinWords(has)})`;
  });
  return html`
    <section aria-labelledby="build">
      <h2 id="build">This build</h2>
      <dl class="facts">
        <div><dt>Build</dt><dd><code>${build.build}</code>: the fingerprint of everything that went into it. The same files and code give the same build.</dd></div>
        <div><dt>Made</dt><dd>${formatTime(build.builtAt)}</dd></div>
        <div><dt>With</dt><dd>Rollcall ${build.versions.rollcall}, DuckDB ${build.versions.duckdb}, Node ${build.versions.node}</dd></div>
        <div><dt>School years</dt><dd>${joinWords(described)}</dd></div>
      </dl>
    </section>`;
}
