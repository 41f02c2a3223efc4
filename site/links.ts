import type {Download} from '../src/report/report.ts';
import {chooseFilePrefix, type Marks} from '../src/words/marks.ts';
import type {PageContext} from './page-context.ts';

export const toSchool = ({to}: PageContext, id: string) => to(`schools/${encodeURIComponent(id)}/`);
export const toDistrict = ({to}: PageContext, id: string) => to(`districts/${encodeURIComponent(id)}/`);
export const toGroup = ({to}: PageContext, id: string) => to(`questions/access/${id}/`);
export const toQuestion = ({to}: PageContext, path: string) => to(`questions/${path}/`);

/** Returns the link to a file to download; undefined if the build doesn't have it. */
export function toDownload(
  {report, to}: PageContext,
  name: string,
  format: Download['format'] = 'csv',
): string | undefined {
  const found = report.downloads.find((download) => download.name === name && download.format === format);
  return found && to(`data/files/${found.file}`);
}

/** Returns the path of the file with the figures of one school. */
export function schoolFilePath(build: Marks, id: string): string {
  return `data/schools/${chooseFilePrefix(build)}${id}.csv`;
}
