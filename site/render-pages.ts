import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {deserialize} from 'node:v8';
import {parentPort, workerData} from 'node:worker_threads';
import {createPageContext, type Site, type YearPages} from './page-context.ts';
import type {Order, OrderedReport, Share} from './renderers.ts';
import {listSharedRoutes, listYearRoutes, type Route} from './routes.ts';

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

parentPort?.on('message', ({file, downloads, years}: Order) => {
  const ordered: OrderedReport = deserialize(readFileSync(file));
  const report = {...ordered, downloads};
  const site: Site = {...ofAllYears, years};
  const render = (routes: readonly Route[], year?: YearPages) => {
    for (const [index, {path, render}] of routes.entries()) {
      if (index % parts !== part) continue;
      write(`${year?.folder ?? ''}${path}`, String(render(createPageContext(site, report, path, year))));
    }
  };
  const year = years.find(({schoolYear}) => schoolYear === report.schoolYear);
  render(listYearRoutes(report, site), year);
  if (year === years[0]) render(listSharedRoutes(site, report));
  parentPort?.postMessage('done');
});
