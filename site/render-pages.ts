import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {deserialize} from 'node:v8';
import {parentPort, workerData} from 'node:worker_threads';
import type {Report} from '../src/report/report.ts';
import {createPageContext, type Site, type YearPages} from './page-context.ts';
import type {LastOrder, Order, OrderedReport, Share, StoredReport} from './renderers.ts';
import {dataRoute, listSharedRoutes, listYearRoutes, type Route} from './routes.ts';

/* A thread that renders its share of the pages of each order, and answers when they are written. */

const {site: ofAllYears, folder, part, parts}: Share = workerData;
const made = new Set<string>();

function write(path: string, contents: string): void {
  const file = join(folder, path);
  const parent = dirname(file);
  if (!made.has(parent)) mkdirSync(parent, {recursive: true});
  made.add(parent);
  writeFileSync(file, contents);
}

function load({file, downloads}: StoredReport, sizes: Report['sizes'] = new Map()): Report {
  const report: OrderedReport = deserialize(readFileSync(file));
  return {...report, downloads, sizes};
}

function takeShare<T>(all: readonly T[]): T[] {
  return all.filter((_, index) => index % parts === part);
}

parentPort?.on('message', (order: Order | LastOrder) => {
  const {years} = order;
  const site: Site = {...ofAllYears, years};
  const writePages = (report: Report, routes: readonly Route[], year?: YearPages) => {
    for (const {path, render} of routes)
      write(`${year?.folder ?? ''}${path}`, String(render(createPageContext(site, report, path, year))));
  };
  const findYear = ({schoolYear}: Report) => years.find((year) => year.schoolYear === schoolYear);
  if ('sizes' in order) {
    for (const stored of takeShare(order.allStored)) {
      const report = load(stored, order.sizes);
      writePages(report, [dataRoute], findYear(report));
    }
  } else {
    const report = load(order.stored);
    const year = findYear(report);
    writePages(report, takeShare(listYearRoutes(report, site).filter(({path}) => path !== dataRoute.path)), year);
    if (year === years[0]) writePages(report, takeShare(listSharedRoutes(site, report)));
  }
  parentPort?.postMessage('done');
});
