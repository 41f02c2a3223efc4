import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {load} from 'js-yaml';
import * as v from 'valibot';
import {projectFolder} from '../src/project-folder.ts';

const folder = join(projectFolder, '.github');
const environment = v.optional(v.record(v.string(), v.string()), {});
const step = v.looseObject({uses: v.optional(v.string()), run: v.optional(v.string()), env: environment});
const workflow = v.looseObject({
  permissions: v.record(v.string(), v.string()),
  env: environment,
  jobs: v.record(
    v.string(),
    v.looseObject({
      env: environment,
      permissions: v.optional(v.record(v.string(), v.string()), {}),
      steps: v.array(step),
    }),
  ),
});
const form = v.object({
  name: v.string(),
  description: v.string(),
  labels: v.array(v.string()),
  body: v.array(v.looseObject({type: v.string(), id: v.string(), attributes: v.looseObject({label: v.string()})})),
});

function readYaml(...path: string[]): unknown {
  return load(readFileSync(join(folder, ...path), 'utf8'));
}

for (const name of readdirSync(join(folder, 'workflows'))) {
  describe(`the workflow ${name}`, () => {
    const {permissions, env, jobs} = v.parse(workflow, readYaml('workflows', name));
    const steps = Object.values(jobs).flatMap((job) => job.steps);

    test('can read the repository but not write to it', () => {
      for (const each of [permissions, ...Object.values(jobs).map((job) => job.permissions)]) {
        assert.notEqual(each['contents'], 'write');
      }
      assert.equal(permissions['contents'], 'read');
    });

    test('pins each action to a commit, with the version it has as a comment', () => {
      const lines = readFileSync(join(folder, 'workflows', name), 'utf8').split('\n');
      const used = lines.filter((line) => /^\s*(- )?uses:/.test(line));
      assert.equal(used.length, steps.filter(({uses}) => uses !== undefined).length);
      for (const line of used) assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    test('gives secrets only to a run of Rollcall, and installs packages without their scripts', () => {
      for (const each of [env, ...Object.values(jobs).map((job) => job.env)])
        assert.doesNotMatch(JSON.stringify(each), /secrets\./);
      const withSecrets = steps.filter((each) => /secrets\./.test(JSON.stringify(each)));
      for (const {run} of withSecrets) assert.match(run ?? '', /^node bin\/rollcall\.js run /);
      const installing = steps.filter(({run}) => run?.includes('npm ci'));
      for (const {run} of installing) assert.match(run ?? '', /--ignore-scripts/);
    });
  });
}

test('an issue form has no two fields of the same name', () => {
  const names = readdirSync(join(folder, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
  assert.ok(names.length > 0);
  for (const name of names) {
    const ids = v.parse(form, readYaml('ISSUE_TEMPLATE', name)).body.map(({id}) => id);
    assert.deepEqual(ids, [...new Set(ids)], name);
  }
});
