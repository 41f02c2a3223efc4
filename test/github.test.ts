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

/** The hashes of these could not be looked up where the workflows were written, and a guessed hash is worse. `pinact run` inserts them. */
const withoutHash = new Set([
  'actions/cache/restore@v4.2.3',
  'actions/cache/save@v4.2.3',
  'actions/checkout@v4.2.2',
  'actions/configure-pages@v5.0.0',
  'actions/deploy-pages@v4.0.5',
  'actions/setup-node@v4.4.0',
  'actions/upload-pages-artifact@v3.0.1',
]);

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

    test('pins each action to an exact version or a commit', () => {
      for (const {uses} of steps) if (uses) assert.match(uses, /@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/);
    });

    test('names only actions that are pinned by hash, or known not to be', () => {
      const unhashed = steps.flatMap(({uses}) => (uses && !/@[0-9a-f]{40}$/.test(uses) ? [uses] : []));
      for (const uses of unhashed) assert.ok(withoutHash.has(uses), uses);
    });

    test('gives secrets only to the steps that need them, and never to the installation of packages', () => {
      const shared = [env, ...Object.values(jobs).map((job) => job.env)];
      const installing = steps.filter(({run}) => run?.includes('npm ci'));
      for (const each of [...shared, ...installing.map((install) => install.env)]) {
        assert.doesNotMatch(JSON.stringify(each), /secrets\./);
      }
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
