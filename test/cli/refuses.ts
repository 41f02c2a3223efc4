import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {expectError} from '../support/command.ts';
import {
  countAnsweredSchools,
  listLanded,
  makeWorkspace,
  readPublishedState,
  type Workspace,
} from '../support/workspace.ts';

/** An input that a run must refuse. */
export interface Refusal {
  name: string;
  spoil(space: Workspace): void;
  /** Options of the run beside `--from` and `--home`. */
  options?(space: Workspace): string[];
  code: 1 | 2;
  /** The error must match this: the file, the place, the way out. */
  says: (string | RegExp)[];
  /** The error must not match this, which would mislead the reader. */
  neverSays?: RegExp;
}

async function assertRefused(t: TestContext, {spoil, options, code, says, neverSays}: Refusal): Promise<void> {
  const space = await makeWorkspace(t);
  const before = readPublishedState(space.home);
  spoil(space);
  const outcome = await space.run(...(options?.(space) ?? []));
  const error = expectError(outcome);
  assert.equal(outcome.code, code, error);
  for (const part of says) {
    if (typeof part === 'string') assert.ok(error.includes(part), `"${part}" is not in: ${error}`);
    else assert.match(error, part);
  }
  if (neverSays) assert.doesNotMatch(error, neverSays);
  for (const [, hash = ''] of error.matchAll(/Landed file ([0-9a-f]+)/g)) {
    assert.ok(
      listLanded(space.home).some((name) => name.startsWith(hash)),
      `says that a landed file is kept, and there is none: ${error}`,
    );
  }
  assert.deepEqual(readPublishedState(space.home), before, 'the published build is untouched');
  assert.equal(await countAnsweredSchools(space.home), 32, 'the published build still answers');
}

/** Declares a test for each input: the run is refused, and the published build stays. */
export function testRefusals(group: string, cases: readonly Refusal[]): void {
  describe(group, {concurrency: 3}, () => {
    for (const refused of cases) test(refused.name, (t) => assertRefused(t, refused));
  });
}

/** Makes a case for each way to spoil a file. */
export function makeRefusals<T>(ways: Record<string, T>, refused: (name: string, way: T) => Refusal): Refusal[] {
  return Object.entries(ways).map(([name, way]) => refused(name, way));
}

export const wayOut = /Download|download/;
