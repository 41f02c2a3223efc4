import type {District} from '../../../src/report/organizations.ts';
import type {Report} from '../../../src/report/report.ts';
import type {School} from '../../../src/report/schools.ts';
import {formatCounted} from '../../../src/words/count.ts';
import {formatCount, formatSchoolYear, formatShare, formatSigned, joinWords} from '../../../src/words/format.ts';
import {explainStar} from '../../../src/words/rankings.ts';
import {drawDumbbell} from '../../charts/dumbbell.ts';
import {renderAccessChart} from '../../components/access-chart.ts';
import {renderChart} from '../../components/chart.ts';
import {renderComposition} from '../../components/composition.ts';
import {renderMeasure} from '../../components/measure.ts';
import {renderPage} from '../../components/page.ts';
import {renderTrend} from '../../components/trend.ts';
import {type Html, html} from '../../html.ts';
import {toDownload, toSchool} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {remember} from '../../remember.ts';
import {describeAssignment, listAccess, listAssignment} from '../../words/access.ts';
import {describeMeasures, describeSums} from '../../words/measures.ts';
import {describeLarge} from '../../words/questions.ts';
import {describeCoverage, describeDistrict, describePanelTrend} from '../../words/sentences.ts';
import {formatYear} from '../../words/years.ts';

const districtMeasures = remember(({districts}: Report) => districts.flatMap(({measures}) => measures ?? []));

export function renderDistrict(context: PageContext, district: District): Html {
  const {report, to} = context;
  const {isSample} = report.build;

  const {measures, groups} = district;
  const {schoolYear} = report;
  const schools = report.schools.filter(({district_code}) => district_code === district.district_code);
  const measured = measures
    ? [
        ...describeMeasures(context, measures, groups, districtMeasures(report), {
          name: 'the district',
          peers: 'districts',
        }),
        ...describeSums(measures, district.district_name),
      ]
    : [];
  const access = listAccess(context, district.district_name);
  const assignment = listAssignment(context).find((row) => row['name'] === district.district_name);
  const left = (measures?.school_count ?? 0) - (measures?.compared_school_count ?? 0);
  const sentence = describeDistrict(measures, report.region.measures);
  const rows = schools
    .filter(({measures: of}) => of.gap_pp !== null)
    .toSorted((a, b) => (a.measures.gap_pp ?? 0) - (b.measures.gap_pp ?? 0))
    .map((school) => ({
      school,
      name: school.school_name,
      students: school.measures.students_of_color_share,
      teachers: school.measures.teachers_of_color_share,
    }));
  const schoolsFinding = describeExtremes(context, rows);
  const byGroup = toDownload(context, 'district_representation_by_group');
  const query = `select * from district_representation where district_id = '${district.district_id}' and school_year = '${schoolYear}'`;
  return renderPage(
    context,
    {
      at: 'districts/',
      title: `${district.district_name}: students and teachers`,
      description: `${sentence} School year ${schoolYear}.`,
    },
    html`
      <p class="crumbs"><a href="${to('districts/')}">Districts</a></p>
      <h1 class="name">${district.district_name}</h1>
      <p class="kicker after">${formatCounted(schools.length, 'school')} in the region · <span class="nowrap">school year ${formatYear(report, schoolYear)}</span> · code ${district.district_code}</p>
      <p class="lead">${sentence}</p>
      <p class="small screen"><a href="${to(`schools/?district=${district.district_code}`)}">These schools in the list</a> · <a href="#source">Where these figures come from</a>${byGroup && html` · <a href="${byGroup}" download>Download (CSV)</a>`}</p>

      <section aria-labelledby="composition">
        <h2 id="composition">Students beside teachers</h2>
        ${
          groups.some(({category_type}) => category_type === 'race_ethnicity')
            ? renderComposition(context, {
                groups,
                shown:
                  'Left: each group’s share of the students. Right: its share of the teachers. The dashed outline repeats the students’ bar.',
                data: byGroup,
                width: 340,
                note: describeCoverage(measures),
                caption: `${district.district_name}, ${formatSchoolYear(schoolYear)}: students and teachers by race and ethnicity, and by gender.`,
              })
            : html`<p>There are no figures by race and ethnicity for both students and teachers in ${formatSchoolYear(schoolYear)}.</p>`
        }
      </section>

      ${
        access.length > 0 &&
        html`<section aria-labelledby="access">
          <h2 id="access">Access to a teacher of one’s group</h2>
          <div>${renderAccessChart(context, {rows: access, name: district.district_name})}</div>
        </section>`
      }
      <section aria-labelledby="schools">
        <h2 id="schools">Its schools</h2>
        <div>
          ${
            rows.length > 0 &&
            renderChart(context, {
              answer: 'representation',
              finding: schoolsFinding,
              shown: 'The share of color among teachers and among students at each school, in the order of the gap.',
              narrow: drawDumbbell(rows, {isSample, width: 340, alt: schoolsFinding}),
              wide: drawDumbbell(rows, {isSample, width: 760, left: 280, alt: schoolsFinding}),
            })
          }
          <div class="scroll after" tabindex="0" role="region" aria-label="Schools of the district">
            <table>
              <caption>${formatCounted(schools.length, 'school')}${left > 0 && `; ${left} without figures for both students and teachers`}. ${explainStar(report.build.thresholds)}</caption>
              <thead><tr><th scope="col">School</th><th scope="col" class="number students">Students</th><th scope="col" class="number students">of color</th><th scope="col" class="number teachers">Teachers</th><th scope="col" class="number teachers">of color</th><th scope="col" class="number">Gap, points</th><th scope="col" class="number">At schools like it</th></tr></thead>
              <tbody>
                ${schools.map(({school_id, school_name, measures: of}) => html`<tr><th scope="row"><a href="${toSchool(context, school_id)}">${school_name}</a>${of.is_small && '\u00a0*'}</th><td class="number">${formatCount(of.all_students_count)}</td><td class="number">${formatShare(of.students_of_color_share)}</td><td class="number">${formatCount(of.all_teachers_count)}</td><td class="number">${formatShare(of.teachers_of_color_share)}</td><td class="number">${formatSigned(of.gap_pp)}</td><td class="number">${formatSigned(of.similar_schools_gap_pp)}</td></tr>`)}
              </tbody>
            </table>
          </div>
        </div>
      </section>${renderTrend(context, {
        trend: district.trend,
        words: describePanelTrend(district.trend, district.change),
        shown:
          'The share of color among students and among teachers. Each year covers the schools with figures for both in that year.',
        name: district.district_name,
        data: toDownload(context, 'district_representation'),
        widths: [340, 720],
      })}

      ${
        measured.length > 0 &&
        html`<section aria-labelledby="measures">
          <h2 id="measures">More measures</h2>
          <details>
            <summary>${joinWords([...measured.map(({name}) => name), ...(assignment ? ['District-wide, or between schools?'] : [])])}</summary>
            <div>${measured.map((measure) => renderMeasure(context, measure))}</div>
            ${
              assignment &&
              html`<h3 id="assignment">District-wide, or between schools?</h3>
                <p>${describeAssignment(assignment)}</p>
                <p class="small"><a href="${to('exploration/#assignment')}">What that means, and the other districts</a></p>`
            }
          </details>
        </section>`
      }

      <section aria-labelledby="source">
        <h2 id="source">Where these figures come from</h2>
        <div>
          <p>They are sums over ${measures?.compared_school_count === measures?.school_count || measures?.compared_school_count === 0 ? 'its schools' : 'those of its schools that have both students and teachers'}. Each school’s page lists the lines of the files that its figures come from. Figures that the state publishes for the district as a whole are not included. A teacher who works at two schools counts at each.</p>
          <details>
            <summary>For analysts</summary>
            <p>The table is <a href="${to('data/dictionary/#district_representation')}"><code>district_representation</code></a>.</p>
            <pre tabindex="0"><code>npx rollcall sql "${query}"</code></pre>
          </details>
        </div>
      </section>`,
  );
}

/** Names the schools with the widest and the narrowest gap, of those that are large enough if there are any. */
function describeExtremes(
  {report}: PageContext,
  rows: readonly {name: string; school: Pick<School, 'measures'>}[],
): string {
  const {rankMinStudents: minStudents, rankMinTeachers: minTeachers} = report.build.thresholds;
  const large = rows.filter(
    ({school: {measures: of}}) =>
      (of.all_students_count ?? 0) >= minStudents && (of.all_teachers_count ?? 0) >= minTeachers,
  );
  const named = large.length > 0 ? large : rows;
  const [widest, narrowest] = [named[0], named.at(-1)];
  if (widest === undefined || narrowest === undefined) return '';
  const isLimited = widest !== rows[0] || narrowest !== rows.at(-1);
  const among = isLimited ? `Among ${describeLarge({minStudents, minTeachers})}, the` : 'The';
  return `${among} gap is widest at ${widest.name} (${formatSigned(widest.school.measures.gap_pp, 0)} points)${narrowest === widest ? '' : ` and narrowest at ${narrowest.name} (${formatSigned(narrowest.school.measures.gap_pp, 0)})`}`;
}
