import {copyFile, cp, mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {open} from '../src/duckdb/database.ts';
import {exit, Failure} from '../src/failure.ts';
import {temporaryName} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {readTables} from '../src/report/documents.ts';
import {type Report, type Restatements, readReport} from '../src/report/report.ts';
import {readAssets} from './assets.ts';
import {writeDownloads} from './downloads.ts';
import {hereAt, type Site} from './here.ts';
import {writePreview} from './preview.ts';
import {routesOf} from './routes.ts';
import {marker, type SiteSettings, siteFolder, stampOf} from './stamp.ts';
import {readWritten} from './written.ts';

/** What a report is made of. */
export interface SiteSource {
  warehouse: string;
  facts: BuildFacts;
  restatements?: Restatements | undefined;
}

/**
 * Makes the report of a warehouse in a folder: its pages, and the files to download. Nobody sees a half-made one: it is made
 * beside the folder, and then put in its place.
 *
 * @throws Failure where something else is in the folder, or the pages can't be made
 */
export async function buildSite(source: SiteSource, settings: SiteSettings, out: string): Promise<void> {
  const folder = resolve(out);
  await assertReplaceable(folder);
  await removeLeftovers(folder);
  const next = temporaryName(folder);
  try {
    await mkdir(next, {recursive: true});
    await writeSite(source, settings, next);
    await replace(next, folder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The report can't be made: ${(error as Error).message}`, exit.failed);
  } finally {
    await rm(next, {recursive: true, force: true});
  }
}

/** One page after the other goes to the disk, so that a report of many schools takes no more memory than one of few. */
async function writeSite(source: SiteSource, settings: SiteSettings, folder: string): Promise<void> {
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  const site: Site = {
    report: await read(source, settings, join(folder, 'data', 'files')),
    assets: await readAssets(),
    ...(await readWritten()),
    base: settings.base ?? url?.pathname ?? '/',
    origin: url?.origin,
  };
  const write = async (path: string, contents: string | Buffer) => {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    await writeFile(file, contents);
  };
  for (const {path, render} of routesOf(site)) await write(path, String(render(hereAt(site, path))));
  for (const {path, contents} of site.assets.files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of site.report.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
  if (url !== undefined) await writePreview(site.report, join(folder, 'preview.png'));
  const {build, isSample} = source.facts;
  await write(marker, `${JSON.stringify({build, isSample, stamp: await stampOf(build, settings)}, null, 2)}\n`);
}

const diagrams = join(projectFolder, 'docs', 'diagrams');

async function read(
  {warehouse, facts, restatements}: SiteSource,
  {schoolYear}: SiteSettings,
  downloads: string,
): Promise<Report> {
  const db = await open(warehouse, {readOnly: true});
  try {
    const report = await readReport(db, facts, schoolYear);
    return {
      ...report,
      tables: await readTables(join(projectFolder, 'dbt')),
      downloads: await writeDownloads(db, downloads, [...report.questions, ...report.explorations], facts.isSample),
      diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
      restatements,
    };
  } finally {
    db.close();
  }
}

async function assertReplaceable(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Failure(`${folder}: no folder can be made here (${error.message}). Name another.`, exit.usage);
  });
  if (names.length === 0 || names.includes(marker)) return;
  throw new Failure(
    `${folder}: there are files here that are no report, and the report takes the whole folder. Name a folder that is new or empty.`,
    exit.usage,
  );
}

/** Puts a folder in the place of another. */
async function replace(next: string, folder: string): Promise<void> {
  const last = temporaryName(`${folder}.old`);
  await rename(folder, last).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(next, folder);
  await rm(last, {recursive: true, force: true});
}

/** Removes what a killed process has left beside the folder. What another one is making right now stays. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    const pid = Number(/^(?:old\.)?(\d+)\.tmp$/.exec(name.slice(basename(folder).length + 1))?.[1]);
    if (pid === process.pid || (pid > 0 && !isRunning(pid)))
      await rm(join(dirname(folder), name), {recursive: true, force: true});
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
