import type {Outline, Report} from '../src/report/report.ts';
import {namesPath} from './components/find.ts';
import type {Documents} from './documents.ts';
import {districtsByCode, schoolsById} from './indexes.ts';
import {schoolFilePath} from './links.ts';
import type {PageContext, Site} from './page-context.ts';
import {render404} from './pages/404.ts';
import {renderDictionary} from './pages/data/dictionary.ts';
import {renderData} from './pages/data/index.ts';
import {writeSchoolFile} from './pages/data/school-file.ts';
import {renderDistrict} from './pages/districts/district.ts';
import {renderDistricts} from './pages/districts/index.ts';
import {renderExploration} from './pages/exploration.ts';
import {renderHome} from './pages/index.ts';
import {renderDecision} from './pages/methods/decision.ts';
import {renderMethods} from './pages/methods/index.ts';
import {render7a} from './pages/questions/7a.ts';
import {render7b} from './pages/questions/7b.ts';
import {render7c} from './pages/questions/7c.ts';
import {render7d} from './pages/questions/7d.ts';
import {renderAccess} from './pages/questions/access.ts';
import {renderGroup} from './pages/questions/group.ts';
import {renderQuestions} from './pages/questions/index.ts';
import {render7e, render7f} from './pages/questions/teachers-of-color.ts';
import {writeComparison} from './pages/schools/comparison.ts';
import {renderSchools} from './pages/schools/index.ts';
import {writeNames} from './pages/schools/names.ts';
import {renderSchool} from './pages/schools/school.ts';
import {writeSitemap} from './pages/sitemap.ts';
import type {OrderedReport} from './renderers.ts';
import {listAccess} from './words/access.ts';

/** A page or file of the report: its path in the folder, and its contents. */
export interface Route {
  path: string;
  render(context: PageContext): string;
}

/** The page about the files to download, whose sizes it says. */
export const dataRoute: Route = {path: 'data/index.html', render: renderData};

/**
 * Lists the pages and files of a school year. The first year has them at the root, another in its folder. `to` leads from one to
 * another of the same year, and from there to the pages and files that all years share.
 */
export function listYearRoutes(report: Outline, {decisions}: Documents): Route[] {
  return [
    {path: 'index.html', render: renderHome},
    {path: 'questions/index.html', render: renderQuestions},
    {path: 'schools/index.html', render: renderSchools},
    {path: 'districts/index.html', render: renderDistricts},
    {path: 'exploration/index.html', render: renderExploration},
    {path: 'methods/index.html', render: (context) => renderMethods(context, decisions)},
    dataRoute,
    {path: 'questions/7a/index.html', render: render7a},
    {path: 'questions/7b/index.html', render: render7b},
    {path: 'questions/7c/index.html', render: render7c},
    {path: 'questions/7d/index.html', render: render7d},
    {path: 'questions/7e/index.html', render: render7e},
    {path: 'questions/7f/index.html', render: render7f},
    {path: 'questions/access/index.html', render: renderAccess},
    ...listAccess({report}, report.place).map((group) => ({
      path: `questions/access/${group['demographic_group_id']}/index.html`,
      render: (context: PageContext) => renderGroup(context, group),
    })),
    ...report.districts.map(({district_code: code}) => ({
      path: `districts/${code}/index.html`,
      render: (context: PageContext) => renderDistrict(context, find(districtsByCode, context, code)),
    })),
    ...report.schools.map(({school_id: id}) => ({
      path: `schools/${id}/index.html`,
      render: (context: PageContext) => renderSchool(context, find(schoolsById, context, id)),
    })),
    {path: 'schools/compare.json', render: writeComparison},
    {path: namesPath, render: writeNames},
    ...report.schools.map(({school_id: id}) => ({
      path: schoolFilePath(report.build, id),
      render: (context: PageContext) => writeSchoolFile(context, find(schoolsById, context, id)),
    })),
  ];
}

function find<T>(index: (report: Report) => ReadonlyMap<string, T>, {report}: PageContext, id: string): T {
  const found = index(report).get(id);
  if (found === undefined) throw new Error(`The report of ${report.schoolYear} has no ${id}.`);
  return found;
}

/** Lists the pages and files that are the same in all years. Downloads, diagrams, styles and scripts are copied as they are. */
export function listSharedRoutes({years, decisions, origin}: Site, {tables}: OrderedReport): Route[] {
  return [
    {path: '404.html', render: render404},
    {path: 'data/dictionary/index.html', render: renderDictionary},
    ...decisions.map((decision) => ({
      path: `methods/decisions/${decision.name}/index.html`,
      render: (context: PageContext) => renderDecision(context, decision),
    })),
    ...(origin === undefined
      ? []
      : [{path: 'sitemap.xml', render: (context: PageContext) => writeSitemap(context, years)}]),
    ...tables.flatMap(({name, sql}) =>
      sql === undefined ? [] : [{path: `data/models/${name}.sql`, render: () => sql}],
    ),
  ];
}
