import assert from 'node:assert/strict';
import {test} from 'node:test';
import {startRenderers} from '../../site/renderers.ts';
import type {Report} from '../../src/report/report.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

test('an error in a thread ends the rendering with that error', async () => {
  const renderers = startRenderers({folder: makeTemporaryFolder('pages'), base: '/', origin: undefined});
  const empty: Partial<Report> = {tables: []};
  try {
    await assert.rejects(renderers.render({report: empty as Report, years: []}), TypeError);
  } finally {
    await renderers.stop();
  }
});
