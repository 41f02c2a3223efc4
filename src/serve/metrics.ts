import {collectDefaultMetrics, Gauge, Registry} from 'prom-client';
import {findPublished} from '../builds/published.ts';
import {readFreshness} from '../incoming/freshness.ts';
import {outcome} from '../ledger/ledger.ts';
import {goodOutcomes, readLatestRun} from '../runs/history.ts';
import type {Server} from './overview.ts';

/** Creates metrics for Prometheus. Each request reads the ledger, the builds and the landed files. 0 means never. */
export function createMetrics(server: Server) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({register: registry});
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({name, help, labelNames, registers});
  const at = (time: string) => Date.parse(time) / 1000;

  const lastEnd = gauge('rollcall_last_run_end_seconds', 'When the last run ended, as Unix time.');
  const lastDuration = gauge('rollcall_last_run_duration_seconds', 'How long the last run took.');
  const lastWell = gauge('rollcall_last_run_succeeded', '1 if the last run succeeded.');
  const lastSuccess = gauge('rollcall_last_success_seconds', 'When a run last succeeded, as Unix time.');
  const running = gauge('rollcall_running', '1 while a run is in progress.');
  const built = gauge('rollcall_published_build_seconds', 'When the published build was made, as Unix time.', [
    'build',
  ]);
  const rows = gauge('rollcall_published_rows', 'Rows loaded into the published build.');
  const next = gauge('rollcall_next_run_seconds', 'When the next run is due, as Unix time.');
  const checked = gauge('rollcall_source_checked_seconds', 'When the publisher was last asked, as Unix time.', [
    'source',
    'data_set',
  ]);
  const overdue = gauge('rollcall_source_overdue', '1 if an expected release has not arrived.', ['source']);

  const read = async (): Promise<string> => {
    for (const labelled of [built, checked, overdue]) labelled.reset();
    running.set(readLatestRun(server.home)?.outcome === 'running' ? 1 : 0);
    const success = readLatestRun(server.home, goodOutcomes);
    const last = readLatestRun(server.home, outcome.options);
    if (last) {
      lastEnd.set(at(last.endedAt ?? last.startedAt));
      lastDuration.set(last.seconds ?? 0);
      lastWell.set(last.run === success?.run ? 1 : 0);
    }
    if (success) lastSuccess.set(at(success.endedAt ?? success.startedAt));
    const published = await findPublished(server.home).catch(() => undefined);
    if (published) {
      built.set({build: published.id}, at(published.manifest.builtAt));
      rows.set(published.manifest.rows.loaded);
    }
    const [due] = server.schedule?.next(1) ?? [];
    if (due) next.set(at(due));
    for (const {source, datasets, overdue: late} of await readFreshness(server.home, server.now())) {
      overdue.set({source}, late ? 1 : 0);
      for (const {id, checkedAt} of datasets) if (checkedAt) checked.set({source, data_set: id}, at(checkedAt));
    }
    return registry.metrics();
  };
  return {contentType: registry.contentType, read};
}
