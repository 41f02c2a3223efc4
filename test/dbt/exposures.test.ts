import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {downloadedMarts} from '../../site/downloads.ts';
import {access, answers, representationByGroup} from '../../src/answers/answers.ts';
import {explorations} from '../../src/answers/explorations.ts';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {sources} from '../../src/sources/sources.ts';

const graph = buildGraph(await readProject(join(projectFolder, 'dbt')));
const byName = new Map(
  graph.exposures.map(({name, reads}) => [name, reads.map(({sqlName}) => sqlName.replaceAll('"', '')).sort()]),
);

function tablesIn(...texts: string[]): string[] {
  const found = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:raw|audit|staging|intermediate|core|marts|seeds)\.\w+/g),
  ]);
  return [...new Set(found.map(([name]) => name))].sort();
}

test('every answer is an exposure that lists exactly the tables its SQL reads', () => {
  const asked = Map.groupBy([...answers, representationByGroup, access, ...explorations], ({name}) =>
    name.replaceAll('-', '_'),
  );
  assert.deepEqual([...byName.keys()].sort(), ['report', ...asked.keys()].sort());
  for (const [name, questions] of asked) {
    const sql = questions.map((question) => question.sql('2020-21', {region: 'road_map'}));
    assert.deepEqual(byName.get(name), tablesIn(...sql), name);
  }
});

test('the report is an exposure that lists exactly the tables it reads and offers for download', async () => {
  const folder = join(projectFolder, 'src/report');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  const given = downloadedMarts.map((name) => `marts.${name}`);
  assert.deepEqual(byName.get('report'), [...new Set([...tablesIn(...texts), ...given])].sort());
});

test('every model belongs to a group with an owner', () => {
  const groups = new Set(graph.project.groups.map(({name}) => name));
  for (const {name, group} of graph.project.models) assert.ok(group !== undefined && groups.has(group), name);
});

test('a source may be as old as the longest time from the first day of one release to the last day of the next', () => {
  const day = (date: string) => Date.parse(`2025-${date}T00:00:00Z`) / 86_400_000;
  for (const {id, table, releases = []} of sources) {
    const spans = releases.map(({from}, index) => {
      const next = releases[(index + 1) % releases.length];
      return day(next?.by ?? from) - day(from) + (index + 1 < releases.length ? 0 : 365);
    });
    const freshness = [...graph.project.sources.values()].find(({relation}) => relation === `raw.${table}`)?.freshness;
    assert.deepEqual(
      freshness?.warnAfter,
      spans.length > 0 ? {count: Math.max(...spans), period: 'day'} : undefined,
      id,
    );
    if (freshness) assert.match(freshness.query, new RegExp(`source_id = '${id}'`));
  }
});
