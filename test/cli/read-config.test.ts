import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {readConfig} from '../../src/cli/read-config.ts';
import {exit, Failure} from '../../src/failure.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Settings, and how the message goes on after the path of their file. */
const mistakes: [settings: unknown, message: string][] = [
  [{schoolYear: '2020'}, 'schoolYear is not a school year such as 2020-21.'],
  [{home: 3}, 'home must be a string, not 3.'],
  [{colour: 'red'}, 'Unrecognized key: "colour".'],
  [{schedule: {cron: '0 6 * * 1', from: 'live'}}, 'schedule timeZone is missing.'],
  [{notices: {event: []}}, 'notices Unrecognized key: "event".'],
  [{notices: {command: []}}, 'notices command names no program.'],
  [{reportUrl: 'example.org'}, 'reportUrl is no address such as https://example.org/rollcall/.'],
  [{reportContact: 'ftp://example.org'}, 'reportContact is no address such as mailto:data@example.org.'],
  [null, 'must be an object, not null.'],
  [[], 'is a list, not keys with values.'],
  [{notices: []}, 'notices is a list, not keys with values.'],
  [{notices: {events: 'run_failed'}}, 'notices events must be a list, not "run_failed".'],
  [{home: ['data']}, 'home must be a string, not a list.'],
];

test('a wrong setting is wrong usage, and the message names it and what is wrong', () => {
  const folder = makeTemporaryFolder('settings');
  const path = join(folder, 'rollcall.config.json');
  for (const [settings, message] of mistakes) {
    writeFileSync(path, JSON.stringify(settings));
    assert.throws(
      () => readConfig([folder]),
      (error) => error instanceof Failure && error.exitCode === exit.usage && error.message === `${path}: ${message}`,
      message,
    );
  }
  const words = {notices: {events: ['run_fails']}};
  writeFileSync(path, JSON.stringify(words));
  assert.throws(
    () => readConfig([folder]),
    /notices events 0 must be "run_failed" or .* or "source_stale", not "run_fails"\.$/,
  );
});

test('spaces around an address are not part of it, and its protocol may have capitals', () => {
  const folder = makeTemporaryFolder('settings');
  writeFileSync(
    join(folder, 'rollcall.config.json'),
    '{"openLineageUrl": " http://localhost:5000 ", "reportContact": "\\tMAILTO:data@example.org "}',
  );
  assert.deepEqual(readConfig([folder]), {
    home: './data',
    openLineageUrl: 'http://localhost:5000',
    reportContact: 'MAILTO:data@example.org',
  });
});

test('a file that exports no settings is told what to export', () => {
  const folder = makeTemporaryFolder('settings');
  writeFileSync(join(folder, 'rollcall.config.ts'), "export default {home: './data'};\n");
  assert.throws(() => readConfig([folder]), {
    name: 'Failure',
    exitCode: exit.usage,
    message: /config\.ts has no export named config\. Write: export const config = /,
  });
});

test('the settings of the nearest file hold, and what it leaves out is the default', () => {
  const folder = makeTemporaryFolder('settings');
  assert.deepEqual(readConfig([folder]), {home: './data'});
  writeFileSync(join(folder, 'rollcall.config.json'), '{"schoolYear": "2020-21"}');
  assert.deepEqual(readConfig([folder]), {home: './data', schoolYear: '2020-21'});
  assert.deepEqual(readConfig([makeTemporaryFolder('none'), folder]), {home: './data', schoolYear: '2020-21'});
});
