import {formatSchoolYear, joinWords} from '../../src/words/format.ts';
import type {Drawing} from '../charts/draw.ts';
import {type Html, html, raw} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {listPublishers, shortenPublisher} from '../words/origin.ts';

interface Props {
  finding: string;
  shown: string;
  /** The drawing for a phone; used on every screen if there is no wide one. */
  narrow: Drawing;
  wide?: Drawing;
  legend?: Html;
  /** The school year or years of the figures. Defaults to the school year of the report. */
  of?: string;
  /** A sentence after the source. */
  note?: string | undefined;
  /** The address of the file with the figures. */
  data?: string | undefined;
  /** If each dot is a school: the schools' ids, in the order of the dots. */
  schools?: readonly string[];
  heading?: 'h2' | 'h3';
  /** The title of the table behind the chart. */
  table?: string;
}

/** Renders a chart with its finding, its source, and the figures behind it as a table. */
export function renderChart({report}: PageContext, props: Props, figures?: Html | Html[]): Html {
  const {finding, shown, narrow, wide, legend, note, data, heading = 'h3'} = props;
  const source = report.build.isSample
    ? 'Source: Rollcall’s sample, invented'
    : `Source: ${joinWords(listPublishers(report).map(shortenPublisher))}`;
  const {of = formatSchoolYear(report.schoolYear), table = 'The figures as a table'} = props;
  const title = html`class="finding">${finding}`;
  const schools = props.schools && html` data-schools="${props.schools.join(' ')}"`;
  return html`
    <div class="figure">
      <figure>
        ${heading === 'h2' ? html`<h2 ${title}</h2>` : html`<h3 ${title}</h3>`}
        <p class="shown">${shown}</p>
        ${legend}
        <div${wide && html` class="narrow"`}${schools} style="max-width:${wide ? 30 : 25}rem">${raw(narrow.svg)}</div>
        ${wide && html`<div class="wide"${schools} style="max-width:${wide.width}px">${raw(wide.svg)}</div>`}
        <figcaption>${source}, ${of}.${note && ` ${note}`}${data && html` <a href="${data}" download>Data (CSV)</a>`}</figcaption>
      </figure>
      ${figures && html`<details><summary>${table}</summary>${figures}</details>`}
    </div>`;
}
