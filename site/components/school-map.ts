import {formatCounted} from '../../src/words/count.ts';
import {formatCount} from '../../src/words/format.ts';
import {missingText} from '../charts/draw.ts';
import {drawMap, gapClasses, locateSchools, writePlace} from '../charts/map.ts';
import type {ComparedSchool} from '../charts/scatter.ts';
import {type Html, html, raw} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {renderChart} from './chart.ts';

/** Renders the schools on a map, colored by gap. */
export function renderMap(context: PageContext, compared: readonly ComparedSchool[]): Html {
  const {build, schools} = context.report;
  const places = locateSchools(schools);
  if (places.length === 0)
    return html`<p>There is no map: no file of this build has the schools’ coordinates. A full school list has them.</p>`;
  const unplaced = schools.length - places.length;
  const wide = compared.filter(({gap}) => gap < -60).length;
  const finding =
    wide > 0
      ? `At ${formatCounted(wide, 'school')} of ${compared.length} the gap is more than 60 points`
      : 'The gap at each school, on a map';
  const label = {
    isSample: build.isSample,
    alt: `Map of ${formatCounted(places.length, 'school')}, colored by gap. ${finding}.`,
  };
  return renderChart(
    context,
    {
      answer: 'representation',
      finding,
      legend,
      shown:
        'Each dot is a school, at its place on the map. The more a dot stands out, the wider the gap between the share of teachers of color and the share of students of color.',
      schools: places.map(({school}) => school.school_id),
      narrow: drawMap(places, {...label, width: 340}),
      wide: drawMap(places, {...label, width: 620}),
      note:
        unplaced > 0
          ? `${formatCounted(unplaced, 'school')} without coordinates ${unplaced === 1 ? 'is' : 'are'} not on the map.`
          : undefined,
    },
    renderGapClasses(context, compared),
  );
}

/** Renders how many schools there are of each color, and how many without one. */
function renderGapClasses({report, to}: PageContext, compared: readonly ComparedSchool[]): Html {
  const classes = gapClasses.map(({from, name}, index) => {
    const next = gapClasses[index - 1]?.from ?? Number.POSITIVE_INFINITY;
    return {name, schools: compared.filter(({gap}) => gap >= from && gap < next).length};
  });
  const rows = [...classes.toReversed(), {name: missingText, schools: report.schools.length - compared.length}];
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Schools by gap">
      <table>
        <caption>Number of schools by size of the gap. <a href="${to('schools/')}">The gap of each school</a></caption>
        <thead><tr><th scope="col">Gap, points</th><th scope="col" class="number">Schools</th></tr></thead>
        <tbody>
          ${rows.map(({name, schools}) => html`<tr><th scope="row">${name}</th><td class="number">${formatCount(schools)}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
}

/** The colors of the map and the gaps they stand for. */
const legend = html`
  <ul class="legend">
    ${[...gapClasses.toReversed(), {fill: null, name: missingText}].map(({fill, name}) => html`<li><svg viewBox="0 0 12 12" aria-hidden="true">${raw(writePlace(fill, [6, 6], 5))}</svg>${name}</li>`)}
  </ul>`;
