import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {ospiTeachers} from '../../src/sources/ospi-teachers.ts';
import {schoolList} from '../../src/sources/school-list.ts';
import {tryReshape} from '../support/reshaping.ts';
import {enrollment, list, sampleFolder, teachers} from '../support/workspace.ts';

/** Reads the first rows of a sample file, some of which have a quoted name. */
function firstRows(name: string): Buffer {
  const lines = readFileSync(join(sampleFolder, name), 'utf8').split('\r\n').slice(0, 41);
  return Buffer.from(
    lines
      .map((line) => `${line}\r\n`)
      .join('')
      .replace('Altair Middle', '"Altair, Middle"')
      .replace('Mira High', '"Mira ""High"""'),
  );
}

/** Each source with one file. Only a fixed-width list has lines that are not rows: its rule, and the lines below the rows. */
const files = [
  {source: ospiEnrollment, valid: firstRows(enrollment), hasFurniture: false, numRuns: 60},
  {source: ospiTeachers, valid: firstRows(teachers), hasFurniture: false, numRuns: 30},
  {source: schoolList, valid: readFileSync(join(sampleFolder, list)), hasFurniture: true, numRuns: 30},
];

/** Bytes that matter to a reader of tables are more frequent than others. */
const byte = fc.oneof(
  fc.constantFrom(...Buffer.from('",\r\n \t;|\0-.0\\')),
  fc.constantFrom(0xff, 0xfe, 0xc3, 0xe9),
  fc.integer({min: 0, max: 255}),
);
/** A position as a share of the file's length. (fc.double would prefer the very beginning.) */
const place = fc.nat(9_999).map((part) => part / 10_000);

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

/** Applies a mutation. `at` and `from` are shares of the file's length, so that they fit after any earlier mutation. */
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

/** Counts the lines that are not empty, including the header. */
function filledLines(file: Buffer): number {
  return file
    .toString('latin1')
    .split('\n')
    .filter((line) => /[^ \r]/.test(line)).length;
}

/** A record: cells of quoted texts, which may span lines, and what follows them. */
const record = /(?: *"[^"]*(?:"|$))*[^,\n]*(?:,(?: *"[^"]*(?:"|$))*[^,\n]*)*(?:\n|$)/g;

/** Counts the records that are not empty, including the header. */
function filledRecords(file: Buffer): number {
  return (file.toString('latin1').match(record) ?? []).filter((text) => /[^ \r\n]/.test(text)).length;
}

const runs = process.env['ROLLCALL_FUZZ_RUNS'];

/** Cases found before: an empty first line and a header that is not UTF-8; a row that is not UTF-8 among rows that are too short. */
const examples: [Mutation[]][] = [
  [[{kind: 'replace', at: 0, bytes: [13, 10, 255]}]],
  [
    [
      {kind: 'replace', at: 0, bytes: [44]},
      {kind: 'repeat a line', from: 0, at: 0},
    ],
  ],
];

for (const {source, valid, hasFurniture, numRuns} of files) {
  test(`${source.title}: a file with random damage gives rows and rejects that add up to its records, or a Failure`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, {minLength: 1, maxLength: 3}), async (mutations) => {
        const file = mutations.reduce(mutate, valid);
        await tryReshape(source, file, (tried) => {
          if (tried.failure !== undefined) {
            assert.match(tried.failure, /odd\.csv/);
            assert.doesNotMatch(tried.failure, /undefined|\bnull\b|NaN|\w+ Error:/);
            return;
          }
          const {partitions} = tried.reshaped;
          const sum = (pick: (partition: (typeof partitions)[number]) => number) =>
            partitions.reduce((total, partition) => total + pick(partition), 0);
          const rowsIn = sum((partition) => partition.rowsIn);
          const accounted = sum((partition) => partition.rowsLoaded + partition.rowsRejected);
          assert.equal(accounted, rowsIn, 'rows in = rows loaded + rows rejected');
          if (hasFurniture) assert.ok(rowsIn <= filledLines(file) - 1);
          else assert.equal(rowsIn, filledRecords(file) - 1, 'every filled record but the header is a row or a reject');
        });
      }),
      // ROLLCALL_FUZZ_RUNS=1000 tries more files, different ones each time. Add what they find to the examples.
      {...(runs === undefined ? {numRuns, seed: 20_210_301} : {numRuns: Number(runs)}), examples},
    );
  });
}
