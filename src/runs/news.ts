import {requireBuild} from '../builds/find.ts';
import type {ChangedRows} from '../changes/changed-rows.ts';
import type {Changes} from '../changes/compare.ts';
import type {GapChange} from '../changes/new-year.ts';
import type {Home} from '../home.ts';
import type {RunRecord} from '../ledger/record.ts';
import {formatCounted} from '../words/count.ts';
import {formatSigned} from '../words/format.ts';
import type {ExecutablePlan} from './plan.ts';

/** Returns a function that stores a run's plan, and as events the steps that the run before hadn't to take. */
export function createPlanKeeper(home: Home, {ledger, run}: RunRecord): (planned: ExecutablePlan) => Promise<void> {
  const describe = ({kind, subject, message}: ExecutablePlan['steps'][number]) => `${kind} ${subject} ${message}`;
  let known: Set<string> | undefined;
  return async ({plan}) => {
    ledger.keepPlan(run, plan);
    for (const step of plan.steps) {
      // Loaded only here: most runs have no such step.
      known ??= new Set((await import('./history.ts')).readStepsBefore(home, run).map(describe));
      if (known.has(describe(step))) continue;
      known.add(describe(step));
      ledger.recordEvent(run, step.kind, step.subject, `${step.subject}: ${step.message}`);
    }
  };
}

/** How many schools, and how many districts, an event names. The others are counted. */
const named = 5;

/** Records the figures that a build restates, and the school years that are new in it. */
export async function recordChanges(home: Home, {from, to, rows}: Changes, {ledger, run}: RunRecord): Promise<void> {
  for (const partition of rows.partitions) {
    const {source, schoolYear, figuresRestated, rowsAdded, rowsGone, organizations} = partition;
    if (figuresRestated === 0) continue;
    const subject = `${source} ${schoolYear}`;
    const concerned = organizations.filter((organization) => organization.figuresRestated > 0);
    const message = `${subject}: ${formatCounted(figuresRestated, 'figure')} restated, of ${formatCounted(concerned.length, 'organization')}. The largest changes: ${nameOrganizations(concerned)}.`;
    const counts = {figuresRestated, rowsAdded, rowsGone, organizations: concerned.length};
    ledger.recordEvent(run, 'figures_restated', subject, message, {from: from.build, to: to.build, ...counts});
  }
  for (const schoolYear of to.schoolYears.filter((year) => !from.schoolYears.includes(year))) {
    const {findLargestChanges} = await import('../changes/new-year.ts');
    const largest = await findLargestChanges(await requireBuild(home, to.build), schoolYear);
    const places = largest ? listParts(largest.schools.map(formatGap), largest.districts.map(formatGap)) : '';
    const changes =
      places === ''
        ? ''
        : ` The gap between the shares of color among teachers and students has changed most since ${largest?.since}, in points: ${places}.`;
    const message = `School year ${schoolYear} is new in build ${to.build}.${changes}`;
    ledger.recordEvent(run, 'year_added', schoolYear, message, {from: from.build, to: to.build, ...largest});
  }
}

function formatGap({name, change}: GapChange): string {
  return `${name} ${formatSigned(change)}`;
}

/** Names the schools and the districts with the largest changes, which come first. */
function nameOrganizations(organizations: ChangedRows['partitions'][number]['organizations']): string {
  const nameAll = (level: string) =>
    organizations
      .filter((organization) => organization.level === level)
      .map(({schoolName, districtName}) => schoolName ?? districtName ?? 'one without a name');
  return listParts(nameAll('school'), nameAll('district')) || 'those of the state and its regions';
}

function listParts(schools: readonly string[], districts: readonly string[]): string {
  const list = (what: string, all: readonly string[]) => {
    const others = all.length > named ? [formatCounted(all.length - named, 'other')] : [];
    return all.length === 0 ? [] : [`${what} ${[...all.slice(0, named), ...others].join(', ')}`];
  };
  return [...list('schools', schools), ...list('districts', districts)].join('; ');
}
