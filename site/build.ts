import {copyFile, cp, mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {exit, Failure, getErrorCode, getErrorMessage} from '../src/failure.ts';
import {projectFolder} from '../src/project-folder.ts';
import {replace} from '../src/replace.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {openPublic} from '../src/report/public.ts';
import {type Report, type Restatements, readReport} from '../src/report/report.ts';
import {readTables} from '../src/report/table-descriptions.ts';
import {readAssets} from './assets.ts';
import {readDocuments} from './documents.ts';
import {writeDownloads} from './downloads.ts';
import {createPageContext, type Site} from './page-context.ts';
import {writePreview} from './preview.ts';
import {listRoutes} from './routes.ts';
import {computeStamp, marker, type SiteSettings, siteFolder} from './stamp.ts';

/** What a report is made from. */
export interface SiteSource {
  warehouse: string;
  facts: BuildFacts;
  restatements?: Restatements | undefined;
}

/**
 * Builds the report of a warehouse in a folder: its pages and the files to download. It is built beside the folder and then
 * moved into place, so nobody sees a half-built report.
 *
 * @throws Failure (exit 2) if the folder has other files; (exit 1) if the pages can't be built
 */
export async function buildSite(source: SiteSource, settings: SiteSettings, out: string): Promise<void> {
  const folder = resolve(out);
  await assertReplaceable(folder);
  try {
    await replace(folder, (aside) => writeSite(source, settings, aside));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The report can't be built: ${getErrorMessage(error)}`, exit.failed);
  }
}

/** Writes one page after the other, so that a report of many schools takes no more memory than one of few. */
async function writeSite(source: SiteSource, settings: SiteSettings, folder: string): Promise<void> {
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  const site: Site = {
    report: await readSiteReport(source, settings, join(folder, 'data', 'files')),
    assets: await readAssets(),
    ...(await readDocuments()),
    base: settings.base ?? url?.pathname ?? '/',
    origin: url?.origin,
  };
  const write = async (path: string, contents: string | Buffer) => {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    await writeFile(file, contents);
  };
  for (const {path, render} of listRoutes(site)) await write(path, String(render(createPageContext(site, path))));
  for (const {path, contents} of site.assets.files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of site.report.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
  if (url !== undefined) await writePreview(site.report, join(folder, 'preview.png'));
  const {build, isSample} = source.facts;
  await write(marker, `${JSON.stringify({build, isSample, stamp: await computeStamp(build, settings)}, null, 2)}\n`);
}

const diagrams = join(projectFolder, 'docs', 'diagrams');

async function readSiteReport(
  {warehouse, facts, restatements}: SiteSource,
  {schoolYear}: SiteSettings,
  downloads: string,
): Promise<Report> {
  const db = await openPublic(warehouse);
  try {
    const report = await readReport(db, facts, schoolYear);
    return {
      ...report,
      tables: await readTables(join(projectFolder, 'dbt')),
      downloads: await writeDownloads(db, downloads, [...report.questions, ...report.explorations], facts),
      diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
      restatements,
    };
  } finally {
    db.close();
  }
}

async function assertReplaceable(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return [];
    throw new Failure(
      `${folder}: the folder can't be created (${getErrorMessage(error)}). Name another one.`,
      exit.usage,
    );
  });
  if (names.length === 0 || names.includes(marker)) return;
  throw new Failure(
    `${folder}: the folder has files that are not a report, and a report takes the whole folder. Name a folder that is new or empty.`,
    exit.usage,
  );
}
