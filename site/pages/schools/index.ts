import {formatCounted} from '../../../src/words/count.ts';
import {formatSchoolYear} from '../../../src/words/format.ts';
import {shortenDistrict} from '../../../src/words/names.ts';
import {explainStar} from '../../../src/words/rankings.ts';
import {listFindSources} from '../../components/find.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toDistrict, toDownload, toSchool} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {formatSchoolTypes} from '../../words/groups.ts';
import {describeReportSource} from '../../words/origin.ts';
import {listFigures} from './comparison.ts';

export function renderSchools(context: PageContext): Html {
  const {report, to} = context;
  const {schools, districts, schoolYear, place} = report;
  const csv = toDownload(context, 'representation');
  const known = schools.filter(({measures}) => measures.gap_pp !== null).length;
  const measures = [
    ['students', 'Students', 'students'],
    ['students-of-color', 'Students of color', 'students'],
    ['teachers', 'Teachers', 'teachers'],
    ['teachers-of-color', 'Teachers of color', 'teachers'],
    ['gap', 'Gap, points', ''],
    ['similar-gap', 'At schools like it', ''],
    ['ratio', 'Parity ratio', ''],
    ['per-teacher', 'Students of color per teacher of color', ''],
    ['overlap', 'Overlap', ''],
    ['to-parity', 'Teachers to parity', ''],
  ] as const;
  // A phone shows only these.
  const always: string[] = ['students-of-color', 'teachers-of-color', 'gap', 'similar-gap'];
  const isAlwaysShown = (id: string | undefined) => id !== undefined && always.includes(id);
  const isSmall = schools.some((school) => school.measures.is_small);
  return renderPage(
    context,
    {
      at: 'schools/',
      title: 'Schools: find one, compare up to four',
      description: `${place}: students and teachers of color, the gap between them, and further measures. School year ${schoolYear}.`,
      scripts: ['find.js', 'schools.js'],
    },
    html`
      <h1>Schools</h1>
      <p class="lead">${formatCounted(schools.length, 'school')} in the region in ${formatSchoolYear(schoolYear)}. ${known === schools.length ? 'All' : known} ${known === 1 ? 'has' : 'have'} figures for both students and teachers.</p>

      <form class="filters screen" hidden aria-label="Which schools are shown" data-filters ${listFindSources(context)}>
        <p><label for="q">Name, street, ZIP or city</label><input id="q" name="q" type="search" autocomplete="off"></p>
        <p><label for="district">District</label><select id="district" name="district"><option value="">All</option>${districts.map(({district_code, district_name}) => html`<option value="${district_code}">${shortenDistrict(district_name)}</option>`)}</select></p>
        <p><label for="type">Type</label><select id="type" name="type"><option value="">All</option><option value="elementary">Elementary</option><option value="middle">Middle</option><option value="high">High</option></select></p>
        <p><label for="size">Size</label><select id="size" name="size"><option value="">All</option><option value="0-249">Under 250 students</option><option value="250-499">250 to 499</option><option value="500-999">500 to 999</option><option value="1000-">1,000 or more</option></select></p>
        <p><label for="sort">Sort by</label><select id="sort" name="sort"><option value="">District and name</option><option value="name">Name</option>${measures.map(([id, name]) => html`<option value="${id}">${name}</option>`)}</select></p>
        <p><label for="order">Order</label><select id="order" name="order"><option value="up">Lowest first</option><option value="down">Highest first</option></select></p>
        <p class="buttons"><button type="submit">Show</button><button type="reset">Start over</button></p>
      </form>
      <p class="small" role="status" data-status></p>

      <div class="scroll" tabindex="0" role="region" aria-label="Schools">
        <table class="schools" data-schools>
          <caption>Shares of color, ${formatSchoolYear(schoolYear)}. ${isSmall && `${explainStar(report.build.thresholds)} `}A dash means not known. At schools like it: the median gap of <a href="${to('methods/#similar')}">schools of the same types, size and make-up</a>. ${describeReportSource(report)} ${csv && html`<a href="${csv}" download>Download (CSV)</a>`}</caption>
          <thead>
            <tr>
              <th scope="col" class="stays" data-sort="name">School</th>
              <th scope="col" class="more">District</th>
              <th scope="col" class="more">Type</th>
              ${measures.map(([id, name, side]) => html`<th scope="col" data-sort="${id}" class="${['number', side, ...(always.includes(id) ? [] : ['more'])].filter(Boolean).join(' ')}">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${schools.map((school) => {
              const of = school.measures;
              const district = shortenDistrict(school.district_name);
              const type = formatSchoolTypes(school.school_types);
              return html`<tr id="s${school.school_id}" data-district="${school.district_code}" data-type="${school.school_types.join(' ')}">
                  <th scope="row"><a href="${toSchool(context, school.school_id)}">${school.school_name}</a>${of.is_small && '\u00a0*'}<small>${district} · ${type}</small></th>
                  <td class="more"><a href="${toDistrict(context, school.district_code)}">${district}</a></td>
                  <td class="more">${type}</td>
                  ${listFigures(of).map((text, at) => html`<td class="number${!isAlwaysShown(measures[at]?.[0]) && ' more'}">${text}</td>`)}
                </tr>`;
            })}
          </tbody>
        </table>
      </div>
      <section class="compare" aria-labelledby="compare" hidden data-compare data-from="${to('schools/compare.json')}" data-year="${formatSchoolYear(schoolYear)}"${report.build.isSample && html` data-sample="SAMPLE: invented schools and figures"`}>
        <h2 id="compare" tabindex="-1">Comparison</h2>
        <div data-compared></div>
      </section>`,
  );
}
