import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {tryReshape} from '../support/reshaping.ts';
import {enrollment, sampleFolder} from '../support/workspace.ts';

/** The first rows of the sample, two of them with a quoted name. */
const valid: Buffer = Buffer.from(
  readFileSync(join(sampleFolder, enrollment), 'utf8')
    .split('\r\n')
    .slice(0, 41)
    .map((line) => `${line}\r\n`)
    .join('')
    .replace('Altair Middle', '"Altair, Middle"')
    .replace('Mira High', '"Mira ""High"""'),
);

/** Bytes that mean something to a reader of tables come up more often than others. */
const byte = fc.oneof(
  fc.constantFrom(...Buffer.from('",\r\n \t;|\0-.0\\')),
  fc.constantFrom(0xff, 0xfe, 0xc3, 0xe9),
  fc.integer({min: 0, max: 255}),
);
const place = fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true});

type Mutation =
  | {kind: 'replace' | 'insert'; at: number; bytes: number[]}
  | {kind: 'delete'; at: number; length: number}
  | {kind: 'cut off'; at: number}
  | {kind: 'repeat a line'; from: number; at: number};

const bytes = fc.array(byte, {minLength: 1, maxLength: 4});
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({kind: fc.constantFrom('replace', 'insert'), at: place, bytes}),
  fc.record({kind: fc.constant('delete'), at: place, length: fc.integer({min: 1, max: 300})}),
  fc.record({kind: fc.constant('cut off'), at: place}),
  fc.record({kind: fc.constant('repeat a line'), from: place, at: place}),
);

/** `at` and `from` are shares of the file's length, so that they fit whatever the mutations before have left of it. */
function mutate(file: Buffer, mutation: Mutation): Buffer {
  const index = Math.floor(mutation.at * file.length);
  switch (mutation.kind) {
    case 'replace':
      return Buffer.concat([
        file.subarray(0, index),
        Buffer.from(mutation.bytes),
        file.subarray(index + mutation.bytes.length),
      ]);
    case 'insert':
      return Buffer.concat([file.subarray(0, index), Buffer.from(mutation.bytes), file.subarray(index)]);
    case 'delete':
      return Buffer.concat([file.subarray(0, index), file.subarray(index + mutation.length)]);
    case 'cut off':
      return file.subarray(0, index);
    case 'repeat a line': {
      const lines = file.toString('latin1').split('\r\n');
      const line = lines[Math.floor(mutation.from * lines.length)] ?? '';
      const place = Math.floor(mutation.at * lines.length);
      return Buffer.from(lines.toSpliced(place, 0, line).join('\r\n'), 'latin1');
    }
  }
}

/** Lines with something in them, the header among them. */
function filledLines(file: Buffer): number {
  return file
    .toString('latin1')
    .split('\n')
    .filter((line) => /[^ \r]/.test(line)).length;
}

const runs = process.env['ROLLCALL_FUZZ_RUNS'];

/** Met before: an empty first line and a header that is not UTF-8; a row that is not UTF-8 where all others are too short. */
const examples: [Mutation[]][] = [
  [[{kind: 'replace', at: 0, bytes: [13, 10, 255]}]],
  [
    [
      {kind: 'replace', at: 0, bytes: [44]},
      {kind: 'repeat a line', from: 0, at: 0},
    ],
  ],
];

test('whatever happens to a file, it ends in rows and rejects that add up to its lines, or in a Failure', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, {minLength: 1, maxLength: 3}), async (mutations) => {
      const file = mutations.reduce(mutate, valid);
      await tryReshape(ospiEnrollment, file, (tried) => {
        if (tried.failure !== undefined) {
          assert.match(tried.failure, /odd\.csv/);
          assert.doesNotMatch(tried.failure, /undefined|\bnull\b|NaN|\w+ Error:/);
          return;
        }
        const {partitions} = tried.reshaped;
        const rowsIn = partitions.reduce((total, partition) => total + partition.rowsIn, 0);
        const accounted = partitions.reduce(
          (total, {rowsLoaded, rowsRejected}) => total + rowsLoaded + rowsRejected,
          0,
        );
        assert.equal(accounted, rowsIn, 'rows in = rows loaded + rows rejected');
        assert.equal(rowsIn, filledLines(file) - 1, 'every filled line but the header is a row or a reject');
      });
    }),
    // More runs, on other files each time: ROLLCALL_FUZZ_RUNS=1000. What they find goes into the examples.
    {...(runs === undefined ? {numRuns: 60, seed: 20_210_301} : {numRuns: Number(runs)}), examples},
  );
});
