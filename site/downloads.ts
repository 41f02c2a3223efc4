import type {Download} from '../src/report/downloads.ts';
import {to} from './links.ts';
import {report} from './report.ts';

/** The address of a file to download, where the build has it. */
export function fileOf(name: string, format: Download['format'] = 'csv'): string | undefined {
  const found = report.downloads.find((download) => download.name === name && download.format === format);
  return found && to(`data/files/${found.file}`);
}

/** The name of a file that a page makes itself: with the mark of the sample, where the build is one. */
export function marked(name: string): string {
  return report.build.isSample ? `SAMPLE-${name}` : name;
}
