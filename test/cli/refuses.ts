import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {theError} from '../support/command.ts';
import {answeredSchools, landedNames, publishedState, type Workspace, workspace} from '../support/workspace.ts';

/** An input that a run must refuse. */
export interface Refused {
  name: string;
  spoil(space: Workspace): void;
  /** Options of the run beside `--from` and `--home`. */
  options?(space: Workspace): string[];
  code: 1 | 2;
  /** What the error must name: the file, the place, the way out. */
  says: (string | RegExp)[];
  /** What would lead the reader astray. */
  neverSays?: RegExp;
}

async function assertRefused(t: TestContext, {spoil, options, code, says, neverSays}: Refused): Promise<void> {
  const space = await workspace(t);
  const before = publishedState(space.home);
  spoil(space);
  const outcome = await space.run(...(options?.(space) ?? []));
  const error = theError(outcome);
  assert.equal(outcome.code, code, error);
  for (const part of says) {
    if (typeof part === 'string') assert.ok(error.includes(part), `"${part}" is not in: ${error}`);
    else assert.match(error, part);
  }
  if (neverSays) assert.doesNotMatch(error, neverSays);
  for (const [, hash = ''] of error.matchAll(/Landed file ([0-9a-f]+)/g)) {
    assert.ok(
      landedNames(space.home).some((name) => name.startsWith(hash)),
      `says that a landed file is kept, and there is none: ${error}`,
    );
  }
  assert.deepEqual(publishedState(space.home), before, 'the published build is untouched');
  assert.equal(await answeredSchools(space.home), 32, 'the published build still answers');
}

/** A test of each of these inputs: the run is refused, and what was published stays. */
export function refuses(group: string, cases: readonly Refused[]): void {
  describe(group, {concurrency: 3}, () => {
    for (const refused of cases) test(refused.name, (t) => assertRefused(t, refused));
  });
}

/** A test of each way to spoil one file in the same manner. */
export function each<T>(ways: Record<string, T>, refused: (name: string, way: T) => Refused): Refused[] {
  return Object.entries(ways).map(([name, way]) => refused(name, way));
}

export const wayOut = /Download|download/;
