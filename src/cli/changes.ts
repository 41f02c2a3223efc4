import {Command} from 'commander';
import type {AnswerChange, AnswerRowChange} from '../changes/changed-answers.ts';
import type {PartitionChange, RestatedFigure, RowChange} from '../changes/changed-rows.ts';
import type {SchoolChange} from '../changes/changed-schools.ts';
import {type Changes, compareById} from '../changes/compare.ts';
import {formatNarrowHeading} from '../words/columns.ts';
import {formatCounted} from '../words/count.ts';
import {formatCount, formatMinute} from '../words/format.ts';
import {listBuildMarks} from '../words/marks.ts';
import {formatStatus} from '../words/statuses.ts';
import {parseWholeNumber} from './history.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {formatValue} from './table.ts';
import {bold, formatJson, print} from './terminal.ts';

export function createChangesCommand(): Command {
  return new Command('changes')
    .argument('[from]', 'a build, or the start of its name (default: the previously published one)')
    .argument('[to]', 'a build (default: the published one)')
    .option('--limit <n>', 'how many of each to show', '10')
    .option('--json', 'print everything as JSON')
    .addOption(createHomeOption())
    .action(
      async (
        from: string | undefined,
        to: string | undefined,
        options: {home?: string; limit: string; json?: boolean},
      ) => {
        const limit = parseWholeNumber('--limit', options.limit);
        const found = await compareById(resolveHome(options), from, to);
        print(options.json ? formatJson(found) : describeChanges(found, limit));
      },
    );
}

function describeChanges({from, to, code, rows, answers, schools, ...marks}: Changes, limit: number): string {
  const hasRegions = new Set(answers.map(({region}) => region)).size > 1;
  const lines = [
    ...listBuildMarks(marks),
    bold(
      `From build ${from.build} (${formatMinute(from.builtAt)} UTC) to ${to.build} (${formatMinute(to.builtAt)} UTC)`,
    ),
    '',
    bold('Rows'),
    ...(rows.partitions.length === 0 ? ['  no row or figure differs'] : rows.partitions.map(describePartition)),
    ...(code.length > 0 ? [`  built with different ${code.join(', ')}`] : []),
    '',
    bold('Schools'),
    ...describeSchools(schools, limit),
    '',
    bold('Answers'),
    ...(answers.length === 0
      ? ['  none has changed']
      : answers.flatMap((answer) => describeAnswer(answer, limit, hasRegions))),
  ];
  const organizations = rows.partitions.flatMap(({organizations, source, schoolYear}) =>
    organizations.map((each) => ({...each, source, schoolYear})),
  );
  if (organizations.length > 0) {
    const most = organizations
      .filter(({level}) => level === 'school')
      .sort((a, b) => countChanges(b) - countChanges(a));
    lines.push(
      '',
      bold('Rows by school, most changed first'),
      ...listSome(
        most,
        limit,
        (each) => `  ${namePlace(each)} · ${each.source} ${each.schoolYear}: ${describeCounts(each)}`,
      ),
    );
  }
  for (const [title, list] of [
    ['Figures restated', rows.restated.map(describeRestated)],
    ['Rows added', rows.added.map(describeRow)],
    ['Rows gone', rows.gone.map(describeRow)],
  ] as const) {
    if (list.length > 0) lines.push('', bold(title), ...listSome(list, limit, (row) => `  ${row}`));
  }
  return `${lines.join('\n')}\n`;
}

function listSome<T>(items: readonly T[], limit: number, line: (item: T) => string): string[] {
  const shownItems = items.slice(0, limit).map(line);
  const more = items.length - shownItems.length;
  return more === 0 ? shownItems : [...shownItems, `  and ${formatCount(more)} more (--limit, --json)`];
}

type Counts = Pick<PartitionChange, 'rowsAdded' | 'rowsGone' | 'figuresRestated'>;

function countChanges({rowsAdded, rowsGone, figuresRestated}: Counts): number {
  return rowsAdded + rowsGone + figuresRestated;
}

function describeCounts({rowsAdded, rowsGone, figuresRestated}: Counts): string {
  const parts = [
    rowsAdded > 0 ? `${formatCounted(rowsAdded, 'row')} added` : '',
    rowsGone > 0 ? `${formatCounted(rowsGone, 'row')} gone` : '',
    figuresRestated > 0 ? `${formatCounted(figuresRestated, 'figure')} restated` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function describePartition(partition: PartitionChange): string {
  const whole = {added: 'the whole year is new: ', gone: 'the whole year is gone: ', changed: ''}[partition.kind];
  const of = new Set(partition.organizations.filter(({level}) => level === 'school').map(namePlace)).size;
  const schools = of > 0 ? `, in ${formatCounted(of, 'school')}` : '';
  return `  ${partition.source} ${partition.schoolYear}: ${whole}${describeCounts(partition)}${schools}`;
}

function describeSchools(schools: readonly SchoolChange[], limit: number): string[] {
  if (schools.length === 0) return ['  none has opened, closed or been renamed'];
  const lines: string[] = [];
  for (const kind of ['opened', 'closed', 'renamed'] as const) {
    const of = schools.filter((school) => school.kind === kind);
    if (of.length === 0) continue;
    const inRegion = of.filter(({isInRegion}) => isInRegion).length;
    lines.push(`  ${of.length} ${kind} (${inRegion} in the region)`);
    lines.push(
      ...listSome(of, limit, ({nameBefore, nameAfter, districtName, isInRegion}) => {
        const name = kind === 'renamed' ? `${nameBefore} is now ${nameAfter}` : (nameAfter ?? nameBefore);
        return `    ${name}, ${districtName}${isInRegion ? '' : ' (not in the region)'}`;
      }),
    );
  }
  return lines;
}

function describeAnswer(
  {answer, number: question, schoolYear, region, kind, rows}: AnswerChange,
  limit: number,
  hasRegions: boolean,
): string[] {
  const title = `  ${question} ${answer}, ${hasRegions ? `${region}, ` : ''}${schoolYear}:`;
  if (kind === 'added') return [`${title} is now available`];
  if (kind === 'gone') return [`${title} is no longer available`];
  const words = {entered: 'entered', left: 'left', moved: 'moved', changed: 'with different values'};
  const summary = Object.entries(words).flatMap(([of, word]) => {
    const n = rows.filter((row) => row.kind === of).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return [`${title} ${summary.join(', ')}`, ...listSome(rows, limit, describeAnswerRow)];
}

function describeAnswerRow({
  kind,
  list,
  schoolName,
  schoolCode,
  rankBefore,
  rankAfter,
  values,
}: AnswerRowChange): string {
  const of = Object.values(list).map(String).join(', ');
  const what = {
    entered: `entered${rankAfter === null ? '' : ` at ${rankAfter}`}`,
    left: `left${rankBefore === null ? '' : `, was ${rankBefore}`}`,
    moved: `moved from ${rankBefore} to ${rankAfter}`,
    changed: rankAfter === null ? '' : `stays at ${rankAfter}`,
  }[kind];
  const changed = values.map(({column, before, after}) =>
    before === null && after === null
      ? `${nameColumn(column)} now withheld or missing`
      : `${nameColumn(column)} ${formatValue(column, before)} → ${formatValue(column, after)}`,
  );
  const school = `${of === '' ? '' : `${of}: `}${schoolName ?? schoolCode}`;
  return what === '' ? `    ${school}: ${changed.join('; ')}` : `    ${school} ${[what, ...changed].join('; ')}`;
}

function nameColumn(column: string): string {
  return formatNarrowHeading(column).replaceAll('\n', ' ').toLowerCase();
}

function describeRestated(restated: RestatedFigure): string {
  const {before, after} = restated;
  const sides = [before, after].flatMap((side) => (side === null ? [] : [formatStatus(side)]));
  return `${describeRow(restated)}, ${restated.figure}: ${sides.length === 2 ? '' : 'now '}${sides.join(' → ')}`;
}

function describeRow(row: RowChange): string {
  return `${row.source} ${row.schoolYear} · ${namePlace(row)}${row.row === '' ? '' : ` · ${row.row}`}`;
}

function namePlace({
  level,
  schoolName,
  schoolCode,
  districtName,
  districtCode,
}: Omit<RowChange, 'source' | 'schoolYear' | 'row'>): string {
  const district = districtName ?? (districtCode === null ? null : `district ${districtCode}`);
  if (level !== 'school') return district ?? level ?? '';
  return [schoolName ?? `school ${schoolCode}`, district].filter((part) => part !== null).join(', ');
}
