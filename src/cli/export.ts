import {join} from 'node:path';
import {Command} from 'commander';
import {requireBuild} from '../builds/find.ts';
import type {Manifest} from '../builds/manifest.ts';
import {requirePublished} from '../builds/published.ts';
import {readGraph} from '../dbt/graph/read-graph.ts';
import {qualifyName} from '../export/tables.ts';
import {type ExportResult, exportBuild} from '../export/target.ts';
import {projectFolder} from '../project-folder.ts';
import {formatCounted} from '../words/count.ts';
import {formatCount} from '../words/format.ts';
import {listBuildMarks} from '../words/marks.ts';
import {createHomeOption, createYearOption, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';
import {colorStderr, formatJson, print, tell, terminalProgress} from './terminal.ts';

interface Options {
  to: string;
  home?: string;
  build?: string;
  tables?: string;
  year?: string;
  json?: boolean;
}

export function createExportCommand(): Command {
  return new Command('export')
    .requiredOption('--to <target>', 'a folder, an .xlsx or .duckdb file, or postgres://user@host/database')
    .option('--build <id>', 'a build (default: the published one)')
    .option('--tables <names>', 'schemas and tables, separated by commas (default: marts,core,seeds)')
    .addOption(
      createYearOption(
        'workbook: the school year of its answers, such as 2020-21, or latest (default: as for answers)',
      ),
    )
    .addOption(createHomeOption())
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A folder gets each table as CSV and as Parquet. A complete export replaces the
file or folder of an earlier one. In a database, all tables change in one
transaction. The password comes from the address, PGPASSWORD or ~/.pgpass;
sslmode, sslrootcert, sslcert and sslkey work as in libpq. Each export includes
a Frictionless data package descriptor.

  rollcall export --to rollcall.xlsx
  rollcall export --to tables/ --tables marts,core,staging.stg_ospi__teachers
  rollcall export --to \\
    "postgres://loader@db.example.org/rollcall?sslmode=verify-full"`,
    )
    .action(async (options: Options) => {
      const home = resolveHome(options);
      const {manifest, warehouse} =
        options.build === undefined ? await requirePublished(home) : await requireBuild(home, options.build);
      const {build: id, builtAt, isSample, label, schoolYears, thresholds, inputs} = manifest;
      for (const mark of listBuildMarks(manifest)) tell(colorStderr('yellow', mark));
      const {project} = await readGraph(join(projectFolder, 'dbt'));
      const progress = terminalProgress();
      const exported = await progress.step('export', async (update) => {
        const result = await exportBuild({
          target: options.to,
          build: {id, builtAt, isSample, label, schoolYears, thresholds, inputs, warehouse},
          project,
          wanted: options.tables?.split(',').map((name) => name.trim()),
          year: {wanted: options.year, usual: readConfig().schoolYear},
          note: progress.note,
          update,
        });
        return {result, summary: `build ${id}`};
      });
      print(options.json ? toJson(exported, manifest) : formatSummary(exported, manifest));
    });
}

function formatSummary({kind, target, tables, changes}: ExportResult, {build}: Manifest): string {
  const rows = tables.reduce((sum, {rowCount}) => sum + rowCount, 0);
  const what = `${formatCounted(tables.length, 'table')}, ${formatCounted(rows, 'row')}`;
  const words = {
    workbook: `Workbook of build ${build}.`,
    folder: `${what}, each as CSV and Parquet, of build ${build}.`,
    duckdb: `${what}, of build ${build}.`,
    postgres: `${what}, of build ${build}: ${formatCount(changes?.inserted ?? 0)} inserted, ${formatCount(changes?.updated ?? 0)} changed, ${formatCount(changes?.deleted ?? 0)} deleted.`,
  };
  return `${target}\n${words[kind]}\n`;
}

function toJson({kind, target, tables, changes}: ExportResult, {build, isSample, label}: Manifest): string {
  const listed = tables.map((table) => ({table: qualifyName(table), rows: table.rowCount}));
  return formatJson({
    kind,
    target,
    build,
    isSample,
    ...(label !== undefined && {label}),
    ...(kind !== 'workbook' && {tables: listed}),
    ...(changes && {changes}),
  });
}
