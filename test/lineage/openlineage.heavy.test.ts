import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {before, test} from 'node:test';
import * as v from 'valibot';
import {locateHome} from '../../src/home.ts';
import {OpenLineage, readEndpoint} from '../../src/lineage/openlineage.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/**
 * OpenLineage's specification 2-0-2 of a run event, and its specifications of the facets that we send. No package ships its
 * JSON schema, so it is written out here, independently of the code.
 */
const uri = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text), 'is no URI'),
);
const runId = v.pipe(v.string(), v.uuid());
const filled = v.pipe(v.string(), v.minLength(1));
const named = {namespace: filled, name: filled};
const facet = v.looseObject({_producer: uri, _schemaURL: uri});
const facets = v.record(v.string(), facet);
const known = {
  schema: v.object({
    ...facet.entries,
    fields: v.array(v.looseObject({name: v.string(), type: v.optional(v.string())})),
  }),
  columnLineage: v.object({
    ...facet.entries,
    fields: v.record(
      v.string(),
      v.object({inputFields: v.array(v.looseObject({namespace: v.string(), name: v.string(), field: v.string()}))}),
    ),
  }),
  parent: v.object({
    ...facet.entries,
    run: v.object({runId}),
    job: v.object(named),
  }),
  errorMessage: v.object({...facet.entries, message: v.string(), programmingLanguage: v.string()}),
  sql: v.object({...facet.entries, query: v.string()}),
  jobType: v.object({
    ...facet.entries,
    processingType: v.string(),
    integration: v.string(),
    jobType: v.optional(v.string()),
  }),
  outputStatistics: v.object({...facet.entries, rowCount: v.pipe(v.number(), v.safeInteger(), v.minValue(0))}),
};
const dataset = v.object({
  ...named,
  facets: v.optional(
    v.intersect([
      facets,
      v.looseObject({schema: v.optional(known.schema), columnLineage: v.optional(known.columnLineage)}),
    ]),
  ),
});
const event = v.object({
  eventType: v.picklist(['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']),
  eventTime: v.pipe(v.string(), v.isoTimestamp()),
  producer: uri,
  schemaURL: uri,
  run: v.object({
    runId,
    facets: v.intersect([
      facets,
      v.looseObject({parent: v.optional(known.parent), errorMessage: v.optional(known.errorMessage)}),
    ]),
  }),
  job: v.object({
    ...named,
    facets: v.intersect([facets, v.looseObject({sql: v.optional(known.sql), jobType: v.optional(known.jobType)})]),
  }),
  inputs: v.array(dataset),
  outputs: v.array(
    v.object({
      ...dataset.entries,
      outputFacets: v.optional(v.looseObject({outputStatistics: v.optional(known.outputStatistics)})),
    }),
  ),
});
type Event = v.InferOutput<typeof event>;

function eventsOf(home: string): Event[][] {
  const folder = locateHome(home).openLineage;
  return readdirSync(folder).map((name) =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => v.parse(event, JSON.parse(line))),
  );
}

let folder: string;
const options = () => ({home: locateHome(join(folder, 'home')), from: folder});
before(async () => {
  folder = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
});

test('a run sends a start and an end event for itself and for every model, as specified', async () => {
  await run(options(), recordProgress());
  const [events = []] = eventsOf(join(folder, 'home'));
  const whole = events.filter(({job}) => job.name === 'run');
  assert.deepEqual(
    whole.map(({eventType}) => eventType),
    ['START', 'COMPLETE'],
  );
  assert.deepEqual(whole[1]?.inputs.map(({name}) => name).sort(), ['l.csv', 's.csv', 't.csv']);
  const parts = Map.groupBy(
    events.filter(({job}) => job.name !== 'run'),
    ({run}) => run.runId,
  );
  for (const [, ofPart] of parts) {
    assert.deepEqual(
      ofPart.map(({eventType}) => eventType),
      ['START', 'COMPLETE'],
    );
    assert.equal(ofPart[0]?.run.facets['parent']?.run.runId, whole[0]?.run.runId);
  }
  const ended = events.filter(({eventType}) => eventType === 'COMPLETE');
  const [schools] = ended.filter(({job}) => job.name === 'model.schools');
  assert.deepEqual(schools?.inputs.map(({name}) => name).sort(), [
    'core.bridge_school_region',
    'core.bridge_school_type',
    'core.dim_district',
    'core.dim_school',
    'core.dim_school_snapshot',
    'marts.school_demographics',
  ]);
  assert.deepEqual(
    schools?.outputs.map(({name, outputFacets}) => [name, outputFacets?.outputStatistics?.rowCount]),
    [['marts.schools', 1]],
  );
  const [staging] = ended.filter(({job}) => job.name === 'model.stg_ospi__enrollment');
  assert.ok(
    staging?.inputs.some(({name}) => name === 'raw.ospi_enrollment'),
    'raw inputs of a model are sent too',
  );
  const [ingest] = ended.filter(({job}) => job.name === 'ingest.ospi-enrollment');
  assert.deepEqual(
    ingest?.inputs.map(({name}) => name),
    ['s.csv'],
  );
  assert.deepEqual(
    ingest?.outputs.map(({name}) => name),
    ['raw.ospi_enrollment_row', 'raw.ospi_enrollment'],
  );
});

test('a failed run sends a FAIL event', async () => {
  const bad = await makeFolder({
    's.csv': makeStudents(30).replaceAll(',30,0,0,30,', ',30,0,0,31,'),
    't.csv': teachers,
    'l.csv': list,
  });
  const home = join(bad, 'home');
  await assert.rejects(run({home: locateHome(home), from: bad}, recordProgress()));
  const [events = []] = eventsOf(home);
  assert.equal(events.at(-1)?.eventType, 'FAIL');
  assert.match(events.at(-1)?.run.facets['errorMessage']?.message ?? '', /gender_adds_up failed/);
});

test('events are sent to the endpoint in order; a failing endpoint is reported once and fails no run', async () => {
  const received: {url: string | undefined; authorization: string | undefined; event: Event}[] = [];
  let status = 201;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        url: request.url,
        authorization: request.headers.authorization,
        event: v.parse(event, JSON.parse(Buffer.concat(chunks).toString('utf8'))),
      });
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = locateHome(makeTemporaryFolder('home'));
  await run({home, from: folder, openLineageUrl: url}, recordProgress());
  assert.deepEqual(
    received.map(({event}) => event),
    eventsOf(home.folder)[0],
  );
  assert.equal(received[0]?.url, '/api/v1/lineage');
  const [schools] = received.flatMap(({event: {eventType, job, outputs}}) =>
    eventType === 'COMPLETE' && job.name === 'model.schools' ? outputs : [],
  );
  assert.deepEqual(
    schools?.facets?.columnLineage?.fields['teacher_count']?.inputFields.map(({name, field}) => `${name}.${field}`)[0],
    'marts.school_demographics.all_teachers_count',
    'the lineage of columns goes along',
  );

  status = 500;
  received.length = 0;
  const progress = recordProgress();
  assert.equal((await run({home, from: folder, force: true, openLineageUrl: url}, progress)).status, 'published');
  assert.equal(received.length, 1, 'after the first failure nothing more is sent');
  assert.equal(
    progress.notes.filter((note) => /OpenLineage: .* did not take an event \(it answered 500\)/.test(note)).length,
    1,
  );
  await new Promise((resolve) => server.close(resolve));
  const gone = recordProgress();
  assert.equal((await run({home, from: folder, openLineageUrl: url}, gone)).status, 'unchanged');
  assert.equal(gone.notes.filter((note) => /OpenLineage: .* did not take/.test(note)).length, 1);
});

test("the endpoint is configured by the environment variables of OpenLineage's other clients", () => {
  assert.equal(readEndpoint(undefined, {}), undefined);
  assert.deepEqual(readEndpoint('http://a:5000/', {}), {url: 'http://a:5000/api/v1/lineage', apiKey: undefined});
  assert.deepEqual(
    readEndpoint('http://a', {OPENLINEAGE_URL: 'http://b', OPENLINEAGE_ENDPOINT: '/in', OPENLINEAGE_API_KEY: 'k'}),
    {
      url: 'http://b/in',
      apiKey: 'k',
    },
  );
  assert.equal(readEndpoint('http://a', {OPENLINEAGE_DISABLED: 'true'}), undefined);
});

test('column lineage is sent with the data set that has the columns', async () => {
  const home = makeTemporaryFolder('home');
  const run = {runId: '8f5a0c53-9a3e-4f6b-8a80-111111111111', command: 'run'};
  const lineage = new OpenLineage(locateHome(home).openLineage, run, {note: () => {}});
  const columnLineage = {
    _producer: 'https://example.org/lineage',
    _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json',
    fields: {school_name: {inputFields: [{namespace: 'duckdb://w', name: 'core.dim_school', field: 'school_name'}]}},
  };
  const outputs = [{namespace: 'duckdb://w', name: 'marts.schools', columnLineage}];
  lineage.job({name: 'model.schools', kind: 'MODEL', inputs: [], outputs}, new Date(), new Date());
  await lineage.flush();
  const [events = []] = eventsOf(home);
  assert.deepEqual(events[1]?.outputs[0]?.facets?.columnLineage, columnLineage);
});
