import {join} from 'node:path';
import {isReportCurrent} from '../../site/stamp.ts';
import {readBuild} from '../builds/find.ts';
import type {Changes} from '../changes/compare.ts';
import {Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import type {RunRecord} from '../ledger/record.ts';
import type {Restatements} from '../report/report.ts';
import {formatCounted} from '../words/count.ts';
import type {RunOptions} from './options.ts';

/** Where the report of a build is: with it, so that the switch to the build is the switch to its report. */
export function siteOf(home: Home, id: string): string {
  return join(home.builds, id, 'site');
}

/**
 * Makes the report of a build before anybody is led to it. One that is already there and would come out the same is kept.
 *
 * @param findChanges what differs from the build that is published now; trouble with that is no trouble of the report's
 */
export async function siteStep(
  {home, site}: RunOptions,
  id: string,
  record: RunRecord,
  findChanges: () => Promise<Changes | undefined>,
): Promise<void> {
  if (site === undefined || (await isReportCurrent(id, site, siteOf(home, id)))) return;
  const build = await readBuild(home, id);
  if ('problem' in build) return;
  await record.step('site', async () => {
    // Only a run that makes a report needs all that draws one.
    const {buildSite} = await import('../../site/build.ts');
    const changed = await findChanges().catch((error: unknown) => {
      record.note(`what is restated can't be said in the report: ${getErrorMessage(error)}`);
      return undefined;
    });
    const restatements = changed && describeRestatements(changed);
    try {
      await buildSite({warehouse: build.warehouse, facts: build.manifest, restatements}, site, siteOf(home, id));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(
        `${error.message}\nWhat was published before stays as it is. "rollcall run --no-site" publishes the build without its report.`,
        error.exitCode,
      );
    }
    return {result: undefined, summary: 'the report'};
  });
}

/** What differs between two builds, in sentences. */
export function describeRestatements({from, rows, answers, schools}: Changes): Restatements {
  const partitions = rows.partitions.map(({source, schoolYear, kind, figuresRestated, rowsAdded, rowsGone}) => {
    const what = [
      kind === 'changed' ? '' : kind === 'added' ? 'new in this build' : 'no longer in this build',
      figuresRestated > 0 ? `${formatCounted(figuresRestated, 'figure')} restated` : '',
      rowsAdded > 0 ? `${formatCounted(rowsAdded, 'row')} added` : '',
      rowsGone > 0 ? `${formatCounted(rowsGone, 'row')} gone` : '',
    ];
    return `${source} ${schoolYear}: ${what.filter(Boolean).join(', ')}.`;
  });
  const renamed = schools.map(({kind, nameBefore, nameAfter, districtName}) =>
    kind === 'renamed'
      ? `${nameBefore} is now called ${nameAfter} (${districtName}).`
      : `${nameAfter ?? nameBefore} (${districtName}) has ${kind}.`,
  );
  const changed = answers.map(({answer, schoolYear, kind, rows: of}) =>
    kind === 'changed'
      ? `The answer "${answer}" of ${schoolYear} has changed in ${formatCounted(of.length, 'row')}.`
      : `The answer "${answer}" of ${schoolYear} can ${kind === 'added' ? 'be given now' : 'no longer be given'}.`,
  );
  return {from: {build: from.build, builtAt: from.builtAt}, sentences: [...partitions, ...changed, ...renamed]};
}
