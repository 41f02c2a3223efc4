import {countRegionChanges} from '../../src/answers/scope.ts';
import type {Report} from '../../src/report/report.ts';
import {formatSchoolYear, joinWords} from '../../src/words/format.ts';
import {type Drawing, hatch, labelDrawing, missingText} from '../charts/draw.ts';
import {type Html, html, raw} from '../html.ts';
import {toDownload} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {findQuestion} from '../words/find-question.ts';
import {formatSource, listFileNotes, listReportOrigins} from '../words/origin.ts';
import {filterPreliminary, formatYear} from '../words/years.ts';

interface Props {
  finding: string;
  shown: string | Html;
  /** The drawing for a phone; used on every screen if there is no wide one. */
  narrow: Drawing;
  wide?: Drawing;
  legend?: Html;
  /** The school year or years of the figures. Defaults to the school year of the report. */
  of?: string;
  /** The same, one by one, if they are not the answer's or the report's. */
  years?: readonly string[];
  /** The name of the answer that the figures are from. Its sources are named; without one, students and teachers are. */
  answer?: string;
  /** A sentence after the source. */
  note?: string | undefined;
  /** The address of the file with the figures. Defaults to the file of the answer. */
  data?: string | undefined;
  /** If each dot is a school: the schools' ids, in the order of the dots. */
  schools?: readonly string[];
  heading?: 'h2' | 'h3';
  /** The title of the table behind the chart. */
  table?: string;
}

/** Says how the region differs from its list in these school years; of several, that it does. */
function listRegionNotes({changes}: Report, years: readonly string[]): string[] {
  const [year = '', ...others] = years;
  const counted = countRegionChanges(changes, year);
  if (others.length === 0) return counted === undefined ? [] : [counted];
  const changed = years.filter((year) => changes.some(({school_year}) => school_year === year)).sort();
  return changed.length === 0
    ? []
    : [`In ${joinWords(changed.map(formatSchoolYear))}, the schools are those of another year’s list.`];
}

/** Renders a chart with its finding, its source, and the figures behind it as a table. */
export function renderChart(context: PageContext, props: Props, figures?: Html | Html[]): Html {
  const {report} = context;
  const {finding, shown, narrow, wide, legend, heading = 'h3'} = props;
  const answer = props.answer === undefined ? undefined : findQuestion(context, props.answer);
  const usualYears = answer?.spansYears
    ? report.years.map(({schoolYear}) => schoolYear)
    : [answer?.schoolYear ?? report.schoolYear];
  const {years = usualYears, data = answer && toDownload(context, answer.name)} = props;
  const origins = listReportOrigins(report, years, answer?.subjects);
  const preliminary = years.length > 1 ? filterPreliminary(report, years) : [];
  const notes = [
    ...(props.note ? [props.note] : []),
    ...(preliminary.length > 0 ? [`Preliminary: ${joinWords(preliminary.map(formatSchoolYear))}.`] : []),
    ...listFileNotes(origins),
    ...listRegionNotes(report, years),
  ];
  const {label} = report.build;
  const draw = (drawing: Drawing) => (label === undefined ? drawing : labelDrawing(drawing, label));
  const {of = formatYear(report, report.schoolYear), table = 'The figures as a table'} = props;
  const title = html`class="finding">${finding}`;
  const schools = props.schools && html` data-schools="${props.schools.join(' ')}"`;
  return html`
    <div class="figure">
      <figure>
        ${heading === 'h2' ? html`<h2 ${title}</h2>` : html`<h3 ${title}</h3>`}
        <p class="shown">${shown}</p>
        ${legend ?? (narrow.content.includes('class="missing"') && missingLegend)}
        ${renderDrawings(draw(narrow), wide && draw(wide), schools)}
        <figcaption>${formatSource(origins)}, ${of}.${notes.map((note) => ` ${note}`)}${data && html` <a href="${data}" download>Data (CSV)</a>`}</figcaption>
      </figure>
      ${figures && html`<details><summary>${table}</summary>${figures}</details>`}
    </div>`;
}

/** Renders the drawing for a phone and the one for a wide screen, of which a screen shows one. */
export function renderDrawings(narrow: Drawing, wide?: Drawing, attributes?: Html): Html {
  return html`
    <div${wide && html` class="narrow"`}${attributes} style="max-width:${wide ? 30 : 25}rem">${raw(narrow.svg)}</div>
    ${wide && html`<div class="wide"${attributes} style="max-width:${wide.width}px">${raw(wide.svg)}</div>`}`;
}

/** What strokes stand for, under the heading of a chart that has them. */
const missingLegend = html`
  <ul class="legend">
    <li><svg viewBox="0 0 12 12" aria-hidden="true">${raw(`<path d="${hatch(0, 6, 14, 10)}" stroke="var(--muted)" stroke-width="1.3"/>`)}</svg>${missingText}: not published, withheld or not usable</li>
  </ul>`;
