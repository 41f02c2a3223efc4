import {formatOrigin, type Origin} from '../../src/answers/origins.ts';
import {countRegionChanges} from '../../src/answers/scope.ts';
import type {Report} from '../../src/report/report.ts';
import {fonts} from '../../src/words/fonts.ts';
import {capitalize, formatDay, formatSchoolYear} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {listReportOrigins} from '../words/origin.ts';
import {formatYear} from '../words/years.ts';

interface Props {
  title: string;
  description: string;
  /** The page of the navigation that is marked as the current one. */
  at?: string;
  /** Scripts of site/browser/ that the page loads. */
  scripts?: readonly string[];
  /** It is printed on one sheet, with what is open on the screen. */
  isSheet?: boolean;
  /** The subjects of the sources of its figures. Defaults to students and teachers. */
  subjects?: readonly string[];
}

const pages = [
  ['questions/', 'Questions'],
  ['schools/', 'Schools'],
  ['districts/', 'Districts'],
  ['exploration/', 'Exploration'],
  ['methods/', 'Methods'],
  ['data/', 'Data'],
] as const;

/** The logo: bars, and a reflection that doesn't match them. */
const logo = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path fill="var(--students)" d="M2.5 1.5h5v10h-5zM9.5 4.5h5v7h-5zM16.5 7.5h5v4h-5z" /><path fill="var(--teachers)" d="M2.5 12.5h5v3h-5zM9.5 12.5h5v2h-5zM16.5 12.5h5v10h-5z" /></svg>`;

/** Renders a whole page: head, sample banner, navigation, content and footer. */
export function renderPage(
  context: PageContext,
  {title, description, at, scripts = [], isSheet = false, subjects}: Props,
  content: Html,
): Html {
  const {report, years, to, toAsset, addressOf, path} = context;
  const {build} = report;
  const isOfYear = years.some(({isCurrent}) => isCurrent);
  const fullTitle = isOfYear ? `${title} · ${formatYear(report, report.schoolYear)}` : title;
  const mark = `${build.isSample ? 'SAMPLE: ' : ''}${build.label === undefined ? '' : `${build.label}: `}`;
  const origins = listReportOrigins(report, [report.schoolYear], subjects);
  const canonical = addressOf(path);
  const preview = addressOf('preview.png');
  return html`<!doctype html>
<html lang="en-US">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${mark}${fullTitle}</title>
    <meta name="description" content="${mark}${description}">
    <meta property="og:type" content="article">
    <meta property="og:site_name" content="Rollcall">
    <meta property="og:title" content="${mark}${fullTitle}">
    <meta property="og:description" content="${mark}${description}">
    ${canonical && html`<link rel="canonical" href="${canonical}">`}
    ${canonical && html`<meta property="og:url" content="${canonical}">`}
    ${preview && html`<meta property="og:image" content="${preview}">`}
    ${preview && html`<meta name="twitter:card" content="summary_large_image">`}
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fdfcf8">
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#15171a">
    <link rel="icon" type="image/svg+xml" href="${to('favicon.svg')}">
    <link rel="preload" as="font" type="font/woff2" href="${toAsset(fonts.headings)}" crossorigin>
    <link rel="preload" as="font" type="font/woff2" href="${toAsset(fonts.text)}" crossorigin>
    <link rel="stylesheet" href="${toAsset('styles.css')}">
    ${['take.js', ...scripts].map((name) => html`<script defer src="${toAsset(name)}"></script>`)}
  </head>
  <body${isSheet && html` class="sheet"`}>
    <a class="skip" href="#content">Skip to the content</a>
    <header>
      ${build.isSample && html`<div class="sample"><p class="wrap">SAMPLE. Every school, district and figure in this report is invented.</p></div>`}
      ${build.label !== undefined && html`<div class="sample"><p class="wrap">${build.label}</p></div>`}
      <div class="masthead">
        <div class="wrap">
          <a class="wordmark" href="${to('')}">${logo}Rollcall</a>
          ${renderYears(context)}
          <nav class="pages" aria-label="Pages of the report">
            <ul>
              ${pages.map(([page, name]) => html`<li><a href="${to(page)}"${at === page && html` aria-current="true"`}>${name}</a></li>`)}
            </ul>
          </nav>
        </div>
      </div>
    </header>
    <main id="content" class="wrap" tabindex="-1">${listWarnings(report, origins).map((text) => html`<p class="warning small">${text}</p>`)}${content}</main>
    <footer>
      <div class="wrap">
        <p>
          ${
            build.isSample
              ? html`This is a sample. Its schools are invented, to show what the report looks like. ${origins.filter(({how}) => how !== 'invented').map((origin) => html`Source: ${formatOrigin(origin)} `)}`
              : html`${origins.map((origin) => html`Source: ${formatOrigin(origin)} `)}<a href="${to('data/#sources')}">All files</a>. Region: ${report.place}. ${countRegionChanges(report.changes, report.schoolYear)}`
          }
          ${isOfYear && `School year ${formatYear(report, report.schoolYear)}. `}“Of color” is every race but White.
        </p>
        <p>
          Build <a href="${to('data/#build')}">${build.build}</a>, made ${formatDay(build.builtAt)}. <a href="${to('data/#use')}">Cite, reuse, report a mistake</a>. This page sets no cookies, tracks nobody and loads nothing from other sites.
        </p>
        ${canonical && html`<p class="paper">${canonical}</p>`}
      </div>
    </footer>
  </body>
</html>
`;
}

/** Renders the choice of the school year: a link to the same page of each other year. */
function renderYears({years}: PageContext): Html | false {
  const current = years.find(({isCurrent}) => isCurrent);
  const name = current === undefined ? 'School years' : `School year ${formatSchoolYear(current.schoolYear)}`;
  return html`
    <nav class="years" aria-label="School year">
      <details>
        <summary>${name}${current?.remark && ` (${current.remark})`}</summary>
        <ul>
          ${years.map(({schoolYear, href, isCurrent, remark}) => html`<li><a href="${href}"${isCurrent && html` aria-current="true"`}>${formatSchoolYear(schoolYear)}${remark && ` (${remark})`}</a></li>`)}
        </ul>
      </details>
    </nav>`;
}

/** Lists what a reader must know of every figure: whether it will be restated, which districts have none, what is said of the files. */
function listWarnings({partial, preliminary}: Report, origins: readonly Origin[]): string[] {
  return [
    ...(preliminary === undefined ? [] : [`${capitalize(preliminary)}.`]),
    ...(partial === undefined ? [] : [`${capitalize(partial)}.`]),
    ...origins.flatMap(({title, note}) => (note === undefined ? [] : [`${title}: ${note}`])),
  ];
}
