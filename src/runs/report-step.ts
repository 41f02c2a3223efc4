import {join} from 'node:path';
import {isReportCurrent, type SiteSettings} from '../../site/stamp.ts';
import {readBuild} from '../builds/find.ts';
import type {Changes} from '../changes/compare.ts';
import {Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import type {RunRecord} from '../ledger/record.ts';
import {explainSystemError} from '../ledger/system-errors.ts';
import type {Restatements} from '../report/report.ts';
import type {ReadPublishedRows} from '../report/source-rows.ts';
import {formatCounted} from '../words/count.ts';
import type {RunOptions} from './options.ts';
import type {Plan} from './plan-schema.ts';

/** Returns the folder of a build's report. It is part of the build, so that publishing switches both. */
export function locateSite(home: Home, id: string): string {
  return join(home.builds, id, 'site');
}

/**
 * Makes the report of a build before it is published. An existing report with the same settings is kept.
 *
 * @param findChanges compares with the published build; if it fails, the report is made without the comparison
 */
export async function runSiteStep(
  {home, site: settings}: RunOptions,
  id: string,
  heldYears: Plan['heldYears'],
  record: RunRecord,
  findChanges: () => Promise<Changes | undefined>,
): Promise<void> {
  const site = settings && addHeldYears(settings, heldYears);
  if (site === undefined || (await isReportCurrent(id, site, locateSite(home, id)))) return;
  const build = await readBuild(home, id);
  if ('problem' in build) return;
  await record.step('site', async () => {
    // Loaded here, since only a run that makes a report needs this code.
    const {buildSite} = await import('../../site/build.ts');
    const {readPublishedRows} = await import('../builds/published-rows.ts');
    const changed = await findChanges().catch((error: unknown) => {
      record.note(`the report can't say what was restated: ${getErrorMessage(error)}`);
      return undefined;
    });
    const restatements = changed && describeRestatements(changed);
    try {
      const readRows: ReadPublishedRows = (...asked) => readPublishedRows(home.landing, ...asked);
      const source = {warehouse: build.warehouse, facts: build.manifest, readRows, restatements};
      await buildSite(source, site, locateSite(home, id));
    } catch (error) {
      const explained = explainSystemError(error, home.folder);
      const way = '"rollcall run --no-site" publishes the build without its report.';
      if (explained instanceof Failure) throw new Failure(`${explained.message}\n${way}`, explained.exitCode);
      throw new Error(`The report can't be built: ${getErrorMessage(error)}\n${way}`, {cause: error});
    }
    return {result: undefined, summary: 'the report'};
  });
}

/** Adds the school years that were held back to the settings of the report. */
export function addHeldYears(settings: SiteSettings, heldYears: Plan['heldYears']): SiteSettings {
  return heldYears.length === 0 ? settings : {...settings, heldYears};
}

/** Describes the differences between two builds in sentences. */
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
