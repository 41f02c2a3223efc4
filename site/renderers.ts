import {once} from 'node:events';
import {availableParallelism} from 'node:os';
import {extname} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {Report} from '../src/report/report.ts';
import type {Site} from './page-context.ts';

/** What a thread is told at its start. */
export interface Share {
  site: Omit<Site, 'years'>;
  /** The folder of the report. */
  folder: string;
  /** Of so many parts of the pages, it renders this one, counted from 0. */
  part: number;
  parts: number;
}

/** A report before its files to download are known. */
export type OrderedReport = Omit<Report, 'downloads' | 'sizes'>;

/** A report in a file, as `serialize` of node:v8 writes it. */
export interface StoredReport {
  file: string;
  downloads: Report['downloads'];
}

/** Pages to render: those of a school year, and with the first year those that all years share. */
export interface Order {
  stored: StoredReport;
  years: Site['years'];
}

/** The last pages to render: those about the data of all years, once all files to download are written. */
export interface LastOrder {
  allStored: readonly StoredReport[];
  sizes: Report['sizes'];
  years: Site['years'];
}

export interface Renderers {
  /** Renders pages, and returns when they are written. */
  render(order: Order | LastOrder): Promise<void>;
  stop(): Promise<unknown>;
}

/**
 * Starts threads that render pages, one for each core but the main thread's, since each compiles the same code anew. They load their
 * modules while the report is still being read.
 */
export function startRenderers(folder: string, site: Share['site']): Renderers {
  const parts = Math.max(1, Math.min(availableParallelism() - 1, 8));
  // The compiled package has the same file with another extension.
  const code = new URL(`render-pages${extname(import.meta.filename)}`, import.meta.url);
  const workers = Array.from(
    {length: parts},
    (_, part) => new Worker(code, {workerData: {site, folder, part, parts} satisfies Share}),
  );
  const failure = new Promise<never>((_, reject) => {
    for (const worker of workers) worker.once('error', reject);
  });
  // It is awaited with each order.
  failure.catch(() => {});
  return {
    async render(order) {
      const done = workers.map((worker) => once(worker, 'message'));
      for (const worker of workers) worker.postMessage(order);
      await Promise.race([failure, Promise.all(done)]);
    },
    stop: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}
