import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {load} from 'js-yaml';
import {z} from 'zod';
import {projectFolder} from '../src/project-folder.ts';

const folder = join(projectFolder, '.github');
const environment = z.record(z.string(), z.string()).default({});
const step = z.looseObject({uses: z.string().optional(), run: z.string().optional(), env: environment});
const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  env: environment,
  jobs: z.record(
    z.string(),
    z.looseObject({env: environment, permissions: z.record(z.string(), z.string()).default({}), steps: z.array(step)}),
  ),
});
const form = z.object({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(z.looseObject({type: z.string(), id: z.string(), attributes: z.looseObject({label: z.string()})})),
});

function readYaml(...path: string[]): unknown {
  return load(readFileSync(join(folder, ...path), 'utf8'));
}

for (const name of readdirSync(join(folder, 'workflows'))) {
  describe(`the workflow ${name}`, () => {
    const {permissions, env, jobs} = workflow.parse(readYaml('workflows', name));
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
    const ids = form.parse(readYaml('ISSUE_TEMPLATE', name)).body.map(({id}) => id);
    assert.deepEqual(ids, [...new Set(ids)], name);
  }
});
