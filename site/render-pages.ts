import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';
import {readAssets} from './assets.ts';
import {readDocuments} from './documents.ts';
import {createPageContext, type Site} from './page-context.ts';
import type {Order, Share} from './renderers.ts';
import {listSharedRoutes, listYearRoutes} from './routes.ts';

/* A thread that renders its share of the pages of each order, and answers when they are written. */

const {folder, base, origin, part, parts}: Share = workerData;
const [documents, assets] = await Promise.all([readDocuments(), readAssets()]);
const made = new Set<string>();

function write(path: string, contents: string): void {
  const file = join(folder, path);
  const parent = dirname(file);
  if (!made.has(parent)) mkdirSync(parent, {recursive: true});
  made.add(parent);
  writeFileSync(file, contents);
}

parentPort?.on('message', ({report, years}: Order) => {
  const site: Site = {years, assets, ...documents, base, origin};
  const year = years.find(({schoolYear}) => schoolYear === report.schoolYear);
  const routes = [
    ...listYearRoutes(report, documents).map((route) => ({...route, year})),
    ...(year === years[0] ? listSharedRoutes(site, report) : []).map((route) => ({...route, year: undefined})),
  ];
  for (const [index, {path, render, year: of}] of routes.entries()) {
    if (index % parts !== part) continue;
    write(`${of?.folder ?? ''}${path}`, String(render(createPageContext(site, report, path, of))));
  }
  parentPort?.postMessage('done');
});
