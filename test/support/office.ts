import {execFile} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {parse} from 'csv-parse/sync';
import {makeTemporaryFolder} from './temporary.ts';
import {skipWithout} from './tools.ts';

const execute = promisify(execFile);

/** Why tests that need LibreOffice are skipped; false if it is installed. */
export const noOffice = skipWithout(
  await execute('soffice', ['--version']).then(
    () => true,
    () => false,
  ),
  'there is no LibreOffice Calc (apt-get install libreoffice-calc)',
);

/** Lets LibreOffice read a workbook. Returns the displayed cells by sheet, and LibreOffice's messages. */
export async function readWithOffice(workbook: string): Promise<{sheets: Map<string, string[][]>; said: string}> {
  const folder = makeTemporaryFolder('office');
  const out = join(folder, 'out');
  mkdirSync(out);
  // Comma, quotation mark, UTF-8, from the first line, cells as displayed, and each sheet in its own file (-1).
  const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1';
  const {stderr} = await execute(
    'soffice',
    [
      '--headless',
      '--norestore',
      `-env:UserInstallation=file://${folder}/profile`,
      '--convert-to',
      filter,
      '--outdir',
      out,
      workbook,
    ],
    {timeout: 120_000},
  );
  const stem = workbook.replace(/^.*\//, '').replace(/\.xlsx$/, '');
  const sheets = readdirSync(out).map((name): [string, string[][]] => [
    name.slice(stem.length + 1, -'.csv'.length),
    parse(readFileSync(join(out, name)), {relax_column_count: true}),
  ]);
  // LibreOffice complains about Java, which this does not need.
  return {sheets: new Map(sheets), said: stderr.replaceAll(/.*javaldx.*\n?/g, '').trim()};
}
