import {fewestShown} from '../../../src/words/fewest-shown.ts';
import {formatSize} from '../../../src/words/rankings.ts';
import {renderPage} from '../../components/page.ts';
import type {Decision} from '../../documents.ts';
import {type Html, html, raw} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {literature, methods} from '../../words/methods.ts';

export function renderMethods(context: PageContext, decisions: readonly Decision[]): Html {
  const {report, to} = context;
  const {region_name, declaration} = report.region;
  const isDeclared = report.years.find(({schoolYear}) => schoolYear === report.schoolYear)?.listYear === null;
  const races = report.groups.filter(({category_type}) => category_type === 'race_ethnicity');
  return renderPage(
    context,
    {
      at: 'methods/',
      title: 'Methods: how each figure is worked out',
      description:
        'Every measure of the report: what it asks, its formula, where it comes from in the literature, and what it hides. Small numbers, withheld figures, ranges, and the region.',
    },
    html`
      <h1>Methods</h1>
      <p class="lead">No single number says whether teachers reflect students. This page says what each number asks, how it is worked out, and what it hides.</p>

      <section aria-labelledby="words">
        <h2 id="words">Words</h2>
        <div>
          <dl class="defined">
            <div><dt>Of color</dt><dd>Every race and ethnicity but White, as the state records them: ${races
              .filter(({is_of_color}) => is_of_color)
              .map(({short_name}) => short_name)
              .join(', ')}.</dd></div>
            <div><dt>Not Provided</dt><dd>Teachers whose race the state doesn’t have. They count among all teachers, but never as of color. Where there are any, “at most” gives the share if all of them were of color. Students have no such category.</dd></div>
            <div><dt>Names of groups</dt><dd>“Latine” is the state’s “Hispanic/ Latino of any race(s)”, “Native American” its “American Indian/ Alaskan Native”, “Pacific Islander” its “Native Hawaiian/ Other Pacific Islander”. Each person is in one group only.</dd></div>
            <div><dt>Students</dt><dd>Those enrolled on the count day in October, all grades.</dd></div>
            <div><dt>Teachers</dt><dd>Teachers as the state’s report card counts them at each school: people, not full-time posts. A teacher of two schools may count at both.</dd></div>
            <div><dt>Preliminary</dt><dd>Figures that the state will restate: it calls them so, or they are from before its final release in June.</dd></div>
            <div><dt>The region</dt><dd>${isDeclared ? `The ${region_name}. No school list is given, so the region is declared: ${declaration}.` : `The ${region_name}: the schools of its list. The list is of one school year. It is carried over to the others, for the schools that are there; the Data page names those that it can’t know.`}</dd></div>
            <div><dt>School types</dt><dd>${isDeclared ? 'Elementary, middle and high, by the grades that have students.' : 'Elementary, middle and high, as the list has them.'} A school of several types counts under each.</dd></div>
          </dl>
        </div>
      </section>

      <section aria-labelledby="measures">
        <h2 id="measures">Measures</h2>
        <div>
          <p>s is a group’s share of the students, and t its share of the teachers. S and T are the numbers of students and of teachers. S<sub>g</sub> and T<sub>g</sub> are those of the group.</p>
          ${methods.map(
            ({id, name, asks, formula, source, hides}) => html`<article class="method" id="${id}">
              <h3>${name}</h3>
              <p class="asks">${asks}</p>
              <dl class="facts">
                <div><dt>Formula</dt><dd>${renderFormula(formula)}</dd></div>
                <div><dt>From</dt><dd>${source}</dd></div>
                <div><dt>Hides</dt><dd>${hides}</dd></div>
              </dl>
            </article>`,
          )}
        </div>
      </section>

      <section aria-labelledby="small">
        <h2 id="small">Small numbers</h2>
        <div>
          <p>These figures count everybody. They are no sample, so a share is exact. But at a school with few teachers it says little about how the school hires: had one teacher more or less been hired, it would be another. So a school’s page says <strong>what hiring of the same kind could as well have given</strong>: the Wilson interval at 95% (E. B. Wilson, “Probable Inference, the Law of Succession, and Statistical Inference”, Journal of the American Statistical Association 22 (1927), 209–212). It stays within 0 and 100% and holds for few people. Gap and parity ratio take their range from it; the students’ share is a given. Districts and the region have no such range. Their teachers are many, and are not hired by one school.</p>
          <p>A figure that rests on <strong>fewer than ${report.build.thresholds.smallNumber} people</strong> has a star. It is shown, because one teacher is somebody. A rank of a school with <strong>fewer than ${formatSize({minStudents: report.build.thresholds.rankMinStudents, minTeachers: report.build.thresholds.rankMinTeachers}).join(' or ')}</strong> has a dagger (†): of students in rankings of students, of teachers in rankings of teachers. Sentences about a ranking lead with a school that is large enough. <code>npx rollcall answer NAME --min-students N --min-teachers N</code> leaves small schools out and ranks the others.</p>
          <p>In rankings, a rule puts equal values in order (share, number, name). Below the list stands which more schools tie with the last one. A school without a teacher of a group is in no ranking by number of such teachers.</p>
        </div>
      </section>

      <section aria-labelledby="withheld">
        <h2 id="withheld">Withheld, missing, zero</h2>
        <div>
          <p>These are three different things. The state withholds small counts to protect privacy. In every year it prints many of them as 0, mostly without saying so. If a program and its complement don’t add up to all students, this report takes a 0 of the two for withheld, and a larger number for unknown: it may be a partial sum. The state leaves other figures empty. And 0 can be a figure. A dash stands for a figure that is not known. Nothing is worked out from it, because a sum over a withheld figure would be too small. Withheld figures are never reconstructed.</p>
          <p>The report doesn’t repeat all that the state prints. It leaves out counts of 1 to ${fewestShown - 1} students in programs, or of people of Gender X, and whatever would give them away. It also leaves out the experience of fewer than ${fewestShown} teachers, and rounds that of the others. Counts by race and ethnicity are the question itself, and stay. What the state has withdrawn since is not shown again.</p>
          <p>Districts and the region are sums over the schools where students and teachers can be compared: both are there, and every figure is known. The report always says how many schools those are. Where no school has teachers, the students’ figures are those of all schools whose students are known.</p>
        </div>
      </section>

      <section aria-labelledby="reading">
        <h2 id="reading">What research finds</h2>
        <div>
          <p>The effects of teachers of a student’s own group differ by group and by outcome (a review: Redding 2019). On test scores, studies of whole states find small effects, and not for every group. In Florida they were a few thousandths of a standard deviation in reading, for Black and White students, and small in mathematics, for Asian and Pacific Islander students too (Egalite, Kisida and Winters 2015; for Tennessee: Joshi, Doan and Springer 2018). An experiment in Tennessee found larger ones, for Black and White students in kindergarten to 3rd grade (Dee 2004).</p>
          <p>The effects in the long run are shown for Black students. Those with a Black teacher in kindergarten to 3rd grade graduated from high school and enrolled in college more often, in Tennessee’s experiment and similarly in North Carolina. For White students a Black teacher made no significant difference (Gershenson and others 2022).</p>
          <p>This report shows none of that. It shows where such teachers are.</p>
          <h3>What a gap can’t tell</h3>
          <p><strong>Why it is there.</strong> Who becomes a teacher, who applies, who is hired, who stays, and at which schools people teach and live: each of these can give the same gap. Teachers are unevenly spread over schools, like students (Hansen and Quintero 2018), so a region’s gap says little about one school.</p>
          <p><strong>What could be reached.</strong> The students are one yardstick. NCTQ’s dashboard has another: it compares teachers with working-age adults who have a degree.</p>
          <p><strong>Who was hired, and who left.</strong> The counts are of those who are there at one time. One year says nothing about retention, and the change between two is what hiring, leaving and moving come to together.</p>
          <h3>Read</h3>
          <ul class="small">${literature.map((text) => html`<li>${text}</li>`)}</ul>
        </div>
      </section>

      <section aria-labelledby="decisions">
        <h2 id="decisions">Decisions</h2>
        <div>
          <p>Choices that could have been made otherwise, each in half a page.</p>
          <ol class="decisions">${decisions.map(({name, title}) => html`<li><a href="${to(`methods/decisions/${name}/`)}">${title}</a></li>`)}</ol>
        </div>
      </section>`,
  );
}

/** Renders a formula with subscripts: T_g with a small g below. */
function renderFormula(formula: string): Html {
  return raw(
    formula
      .replaceAll('>', '&gt;')
      .replaceAll(/([ST])_g(,school)?/g, '$1<sub>g$2</sub>')
      .replaceAll('_school', '<sub>school</sub>'),
  );
}
