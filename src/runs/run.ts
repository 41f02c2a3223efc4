import {join} from 'node:path';
import {type Build, requireBuild} from '../builds/find.ts';
import {computeContractId} from '../builds/fingerprint.ts';
import type {BuildResult} from '../builds/make.ts';
import {adoptPublished, publish} from '../builds/publish.ts';
import {findPublished, requirePublished} from '../builds/published.ts';
import type {Changes} from '../changes/compare.ts';
import {getErrorMessage} from '../failure.ts';
import {removeTemporary} from '../files.ts';
import type {Home} from '../home.ts';
import type {Chosen, Incoming} from '../incoming/incoming.ts';
import {AuditFailure} from '../ledger/audit-failure.ts';
import {type RunRecord, runRecorded} from '../ledger/record.ts';
import {describeOrigin} from '../lineage/openlineage.ts';
import type {Progress} from '../progress.ts';
import {projectFolder} from '../project-folder.ts';
import {formatCounted} from '../words/count.ts';
import {createPlanKeeper, recordChanges} from './news.ts';
import {mayHoldYears, type RunOptions} from './options.ts';
import {type ExecutablePlan, planFromInputs, planRun} from './plan.ts';
import type {PartitionPlan, Plan} from './plan-schema.ts';
import {runSiteStep} from './report-step.ts';

export interface RunResult extends BuildResult {
  /** `held`: the build of these inputs was rolled back from, so another stays published. */
  status: 'published' | 'unchanged' | 'held';
  /** The published build. */
  build: string;
  warehouse: string;
  /** The run's number in the ledger. */
  run: number;
  /** What was done. */
  plan: Plan;
}

/**
 * Plans a run and carries it out: lands, reshapes, builds, audits and publishes. A failed run leaves the published build unchanged. If
 * a build of the same inputs and code exists, nothing is rebuilt.
 *
 * @throws Failure (exit 1: a check failed, 2: wrong usage, 3: source unreachable, 4: locked, 130 or 143: stopped)
 */
export async function run(options: RunOptions, progress: Progress): Promise<RunResult> {
  const {home, from, schoolList, years, only, refresh, force, label, stop, openLineageUrl} = options;
  const command = {name: 'run', options: {from, schoolList, years, only, refresh, force, label}, stop, openLineageUrl};
  return runRecorded(home, command, progress, async (record) => {
    await removeLeftovers(home);
    await adoptPublished(home);
    const keepPlan = createPlanKeeper(home, record);
    const planned = await record.step('plan', async (update) => {
      if (force || refresh) await (await import('../incoming/refused.ts')).forgetRefused(home);
      const result = await planRun(options, record.note, update);
      await keepPlan(result);
      return {result, summary: summarizePlan(result.plan)};
    });
    const {plan, result} = await carryOutWhatCanBe(
      options,
      await land(options, planned, record, keepPlan),
      record,
      keepPlan,
    );
    return {outcome: result.status, build: result.build, result: {...result, run: record.run, plan}};
  });
}

/** Removes the unfinished files and folders of a killed run. The lock keeps other runs out. */
async function removeLeftovers({folder, builds, landing, lake}: Home): Promise<void> {
  for (const flat of [folder, builds]) await removeTemporary(flat, {isLocked: true});
  for (const deep of [landing, lake]) await removeTemporary(deep, {isLocked: true, recursive: true});
}

/** Lands the planned files, then plans the rest of the run from what landed. */
async function land(
  options: RunOptions,
  planned: ExecutablePlan,
  record: RunRecord,
  keepPlan: (planned: ExecutablePlan) => Promise<void>,
): Promise<ExecutablePlan> {
  const {incoming, failures, code} = planned;
  const isHere = failures.length === 0 && incoming.every(({landing}) => landing.action === 'keep');
  if (isHere && options.from !== 'live') return planned;
  const {landInputs, rememberChecked} = await import('../incoming/land-inputs.ts');
  if (isHere) {
    await rememberChecked(options.home, planned);
    return planned;
  }
  const landed = await record.step('land', async (update) => {
    const result = await landInputs(options, planned, record.note, update);
    const fresh = result.incoming.filter(({isFresh}) => isFresh);
    return {result, summary: `${formatCounted(result.incoming.length, 'file')}, ${fresh.length} new`};
  });
  for (const file of landed.incoming) {
    if (file.isFresh && file.landing.reason === 'changed') recordChange(file, record);
  }
  const settled = await planFromInputs(options, {...landed, failures: []}, code, planned.lake);
  await keepPlan(settled);
  return settled;
}

/** Carries a plan out. Where school years make the build fail that needn't be in it, goes on without them. */
async function carryOutWhatCanBe(
  options: RunOptions,
  planned: ExecutablePlan,
  record: RunRecord,
  keepPlan: (planned: ExecutablePlan) => Promise<void>,
): Promise<{plan: Plan; result: Omit<RunResult, 'run' | 'plan'>}> {
  try {
    return {plan: planned.plan, result: await carryOut(options, planned, record)};
  } catch (error) {
    if (!mayHoldYears(options) || options.stop?.aborted) throw error;
    const {refuseFailing} = await import('./refuse.ts');
    const published = await findPublished(options.home).catch(() => undefined);
    if (!(await refuseFailing(options, planned, error, published))) throw error;
    if (error instanceof AuditFailure) {
      const failed = ({status}: {status: string}) => status === 'error';
      record.ledger.keepFindings(record.run, error.checks.filter(failed), error.tests.filter(failed));
    }
    const next = await planFromInputs(options, planned, planned.code, planned.lake);
    for (const {subject, message} of next.steps.filter((step) => !planned.steps.includes(step)))
      record.note(`${subject}: ${message.replace(/\.$/, '')}`);
    await keepPlan(next);
    return carryOutWhatCanBe(options, next, record, keepPlan);
  }
}

function recordChange({source, fileName, schoolYears, sha256}: Incoming, {ledger, run}: RunRecord): void {
  const subject = [source.id, ...schoolYears].join(' ');
  ledger.recordEvent(
    run,
    'source_changed',
    subject,
    `${source.title} ${schoolYears.join(', ')} (${fileName}) has changed.`,
    {
      source: source.id,
      schoolYears,
      fileName,
      sha256,
    },
  );
}

async function carryOut(
  options: RunOptions,
  {plan, incoming, code, fingerprint, label, lake}: ExecutablePlan,
  record: RunRecord,
): Promise<Omit<RunResult, 'run' | 'plan'>> {
  const {home, stop} = options;
  const id = plan.build.build;
  if (fingerprint === null || id === null) throw new Error('The plan names no build although all files have landed.');
  const chosen = incoming.filter((file): file is Chosen => file.landed !== undefined);
  const inputs = chosen.map(({landed}) => describeOrigin(landed.origin));
  const {action} = plan.build;
  if (action !== 'build') {
    if (action === 'publish') await runTotalsCheck(home, id, chosen);
    if (action !== 'hold') await runSiteStep(options, id, plan.heldYears, record, () => findChanges(home, id));
    if (action === 'publish') await runPublishStep(home, id, record);
    record.lineage.emitRun('COMPLETE', {inputs});
    const {warehouse, manifest, id: published} = await requirePublished(home);
    const status = action === 'hold' ? 'held' : 'unchanged';
    return {status, build: published, warehouse, manifest, checks: [], tests: []};
  }
  // Loaded here, since a run with nothing to do needs none of it.
  const {reshapeInputs} = await import('./reshape-step.ts');
  const {makeBuild} = await import('../builds/make.ts');
  const {readCorrections} = await import('../sources/corrections.ts');
  const corrections = await readCorrections(join(projectFolder, 'corrections.yml'));
  const ingested = await record.step('reshape', (update) =>
    reshapeInputs(options, chosen, computeContractId(code), corrections, lake, update),
  );
  const warehouse = join(home.builds, id, 'warehouse.duckdb');
  const made = await makeBuild(home, id, {fingerprint, code, ingested, label, corrections}, record, stop);
  await runTotalsCheck(home, id, chosen);
  record.ledger.keepFindings(record.run, made.checks, made.tests);
  const changed = stop?.aborted ? undefined : await runCompareStep(home, id, record);
  await runSiteStep(options, id, plan.heldYears, record, async () => changed);
  await runPublishStep(home, id, record);
  if (changed) {
    await recordChanges(home, changed, record).catch((error: unknown) =>
      record.note(`what changed most can't be told: ${getErrorMessage(error)}`),
    );
  }
  record.lineage.emitRun('COMPLETE', {inputs});
  return {status: 'published', build: id, warehouse, ...made};
}

async function runTotalsCheck(home: Home, id: string, chosen: readonly Chosen[]): Promise<void> {
  const {assertTotalsPlausible} = await import('./totals.ts');
  await assertTotalsPlausible(await requireBuild(home, id), chosen);
}

async function runPublishStep(home: Home, id: string, record: RunRecord): Promise<void> {
  await record.step('publish', async () => {
    await publish(home, record.ledger, record.run, id, 'run');
    record.ledger.recordEvent(record.run, 'published', id, `Build ${id} is published.`);
    return {result: undefined, summary: `build ${id}`};
  });
}

/** Compares a build with the published one; undefined if they are the same, or nothing is published. */
async function findChanges(home: Home, id: string): Promise<Changes | undefined> {
  const before = await findPublished(home);
  return before === undefined || before.id === id ? undefined : compareWith(before, home, id);
}

async function compareWith(before: Build, home: Home, id: string): Promise<Changes> {
  const {compareBuilds} = await import('../changes/compare.ts');
  return compareBuilds(before, await requireBuild(home, id));
}

/** Compares with the published build. If that fails, the run goes on without the comparison. */
async function runCompareStep(home: Home, id: string, record: RunRecord): Promise<Changes | undefined> {
  const before = await findPublished(home).catch(() => undefined);
  if (before === undefined) return undefined;
  try {
    return await record.step('compare', async () => {
      const changes = await compareWith(before, home, id);
      const {rows, answers, schools} = changes;
      return {
        result: changes,
        summary: `with ${before.id}: ${formatCounted(rows.restated.length, 'figure')} restated, ${formatCounted(answers.length, 'answer')} changed, ${formatCounted(schools.length, 'school')} opened, closed or renamed`,
      };
    });
  } catch (error) {
    record.note(`the comparison with build ${before.id} failed: ${getErrorMessage(error)}`);
    return undefined;
  }
}

/** Summarizes a plan in one line. */
function summarizePlan({partitions, build}: Plan): string {
  const count = (isSo: (partition: PartitionPlan) => boolean) =>
    new Set(partitions.filter(isSo).map(({source, from}) => `${source} ${from}`)).size;
  const files = (action: string) => count(({landing}) => landing.action === action);
  const reshaped = count(({reshaping}) => reshaping.action === 'reshape');
  const parts = [
    files('download') > 0 ? `${formatCounted(files('download'), 'data set')} to download` : '',
    files('land') > 0 ? `${formatCounted(files('land'), 'file')} to land` : '',
    reshaped > 0 ? `${reshaped} to reshape` : '',
    {
      build: 'a build to make',
      publish: 'an existing build to publish',
      hold: `nothing to publish: build ${build.build} was rolled back from`,
      keep: '',
      depends: 'a build to make if anything is new',
    }[build.action],
  ].filter((part) => part !== '');
  return parts.join(', ') || 'nothing to do';
}
