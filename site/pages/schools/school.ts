import type {Report} from '../../../src/report/report.ts';
import type {School} from '../../../src/report/schools.ts';
import {formatSchoolYear, joinWords} from '../../../src/words/format.ts';
import {renderComposition} from '../../components/composition.ts';
import {renderMeasure} from '../../components/measure.ts';
import {renderOwnGroup} from '../../components/own-group.ts';
import {renderPage} from '../../components/page.ts';
import {renderSimilarSchools} from '../../components/similar-schools.ts';
import {renderTrace} from '../../components/trace.ts';
import {renderTrend} from '../../components/trend.ts';
import {type Html, html} from '../../html.ts';
import {schoolFilePath, toDistrict, toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {remember} from '../../remember.ts';
import {formatPeers, formatSchoolTypes} from '../../words/groups.ts';
import {describeMeasures} from '../../words/measures.ts';
import {explainMissing} from '../../words/missing.ts';
import {describeRepresentation} from '../../words/representation.ts';
import {describeSchoolTrend, describeVerdict} from '../../words/sentences.ts';
import {formatYear} from '../../words/years.ts';

/** Lists the measures of all schools, and of the schools of the same types. */
const groupMeasures = remember(({schools}: Report) => {
  const list = (of: readonly School[]) => of.map(({measures}) => measures);
  const groups = Map.groupBy(schools, ({school_types}) => school_types.join());
  return {all: list(schools), byTypes: new Map([...groups].map(([types, of]) => [types, list(of)]))};
});

export function renderSchool(context: PageContext, school: School): Html {
  const {report, to} = context;

  const {measures, groups} = school;
  const {schoolYear} = report;
  const races = groups.filter(({category_type}) => category_type === 'race_ethnicity');
  const {all, byTypes} = groupMeasures(report);
  const sameType = byTypes.get(school.school_types.join()) ?? [];
  const peers = sameType.length > 9 ? sameType : all;
  const measured = describeMeasures(context, measures, groups, peers, {
    name: 'the school',
    peers: peers === sameType ? formatPeers(school.school_types) : 'schools in the region',
  });
  const represented = describeRepresentation(measures, report.build.thresholds.smallNumber);
  const gaps = explainMissing(context, school);
  const sentence = describeVerdict(measures);
  const csv = to(schoolFilePath(report.build, school.school_id));
  const query = `select * from school_representation where school_id = '${school.school_id}' and school_year = '${schoolYear}'`;
  return renderPage(
    context,
    {
      at: 'schools/',
      title: `${school.school_name}, ${school.district_name}: students and teachers`,
      description: `${sentence} School year ${schoolYear}.`,
      isSheet: true,
    },
    html`
      <p class="crumbs"><a href="${to('schools/')}">Schools</a> · <a href="${toDistrict(context, school.district_code)}">${school.district_name}</a></p>
      <h1 class="name">${school.school_name}</h1>
      <p class="kicker after">${formatSchoolTypes(school.school_types)}${school.city && ` · ${school.city}`} · <span class="nowrap">school year ${formatYear(report, schoolYear)}</span> · code ${school.school_code}</p>
      <p class="lead">${sentence}</p>
      ${measures.is_small && html`<p class="warning">These figures rest on fewer than ${report.build.thresholds.smallNumber} students or teachers. One person more or less changes them. Read them with care.</p>`}
      <p class="small screen"><a href="${to(`schools/?compare=${school.school_id}`)}">Compare with other schools</a> · <a href="${to(`?school=${school.school_id}#schools`)}">See it among all schools</a> · <a href="#source">Where these figures come from</a> · <a href="${csv}" download>Download (CSV)</a></p>

      <section aria-labelledby="composition">
        <h2 id="composition">Students beside teachers</h2>
        ${
          races.some(({student_share, teacher_share}) => student_share !== null || teacher_share !== null)
            ? renderComposition(context, {
                groups,
                shown:
                  'Left: share and number of the students. Right: share and number of the teachers. The dashed outline repeats the students’ bar.',
                data: csv,
                width: 370,
                withCounts: true,
                caption: `${school.school_name}, ${formatSchoolYear(schoolYear)}: students and teachers by race and ethnicity, and by gender.`,
              })
            : html`<p>There are no figures by race and ethnicity for this school in ${formatSchoolYear(schoolYear)}.</p>`
        }
      </section>

      <section aria-labelledby="like">
        <h2 id="like">Beside schools like it</h2>
        <div>${renderSimilarSchools(context, school)}</div>
      </section>

      <section aria-labelledby="access">
        <h2 id="access">A teacher of one’s own group</h2>
        <div>${renderOwnGroup(context, school)}</div>
      </section>${renderTrend(context, {
        trend: school.trend,
        words: describeSchoolTrend(school.trend, school.change),
        name: school.school_name,
        data: toDownload(context, 'school_representation'),
        widths: [370],
      })}

      ${
        gaps.length > 0 &&
        html`<section aria-labelledby="missing">
          <h2 id="missing">What is missing</h2>
          <ul>${gaps.map((text) => html`<li>${text}</li>`)}</ul>
        </section>`
      }

      <section aria-labelledby="measures">
        <h2 id="measures">More measures</h2>
        ${
          measured.length === 0
            ? html`<p>Without figures for both students and teachers, there is nothing to measure.</p>`
            : html`<details>
                <summary>${joinWords([...represented, ...measured].map(({name}) => name))}</summary>
                <div>${[...represented, ...measured].map((measure) => renderMeasure(context, measure))}</div>
              </details>`
        }
      </section>

      <section aria-labelledby="source">
        <h2 id="source">Where these figures come from</h2>
        <div>
          <p>Each figure above is made from these lines of the publisher’s files.</p>
          ${renderTrace(context, school)}
          <details>
            <summary>For analysts</summary>
            <p>Each figure is a column of the table <a href="${to('data/dictionary/#school_representation')}"><code>school_representation</code></a>. Figures by group are in <a href="${to('data/dictionary/#school_representation_by_group')}"><code>school_representation_by_group</code></a>.</p>
            <pre tabindex="0"><code>npx rollcall sql "${query}"</code></pre>
          </details>
        </div>
      </section>`,
  );
}
