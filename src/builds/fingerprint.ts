import {createHash} from 'node:crypto';
import * as v from 'valibot';
import {hashInto} from '../files.ts';
import {locate, projectFolder} from '../project-folder.ts';
import type {SchoolYear} from '../school-year.ts';

/** The parts of the code that decide what a reshaped file looks like; `parts` decide what a build looks like. A plan shows these names. */
const ingestParts = ['corrections', 'contract', 'packages'] as const;
export const parts = [...ingestParts, 'models', 'code'] as const;
export type Part = (typeof parts)[number];

const paths: Record<Part, string[]> = {
  corrections: ['corrections.yml'],
  contract: ['src/sources', 'src/ingest', 'src/encoding.ts', 'src/duckdb/database.ts'],
  packages: ['package-lock.json'],
  models: ['dbt_project.yml', 'models', 'macros', 'seeds', 'data-tests'].map((path) => `dbt/${path}`),
  code: [
    'src/dbt',
    'src/duckdb',
    ...['audit', 'create-manifest', 'make', 'manifest', 'raw-folder'].map((name) => `src/builds/${name}.ts`),
  ],
};

/** A hash of each part of the code that a build is made with. */
export type Code = v.InferOutput<typeof codeSchema>;
const codeSchema = v.object(v.entriesFromList(parts, v.string()));

/** A landed file that a build is made of. */
export interface Ingredient {
  source: string;
  sha256: string;
  schoolYears: readonly SchoolYear[];
  /** The note on its figures, from notes.yml. */
  note?: string | undefined;
  /** Whether its name says that its figures are preliminary. */
  isPreliminary?: boolean | undefined;
}

/** Hashes the parts of the code. */
export function readCode(): Code {
  const hashes = parts.map((part) => {
    const hash = hashInto(createHash('sha256'), projectFolder, paths[part].map(locate));
    return [part, hash.digest('hex')];
  });
  return v.parse(codeSchema, Object.fromEntries(hashes));
}

/** Computes an id (12 hexadecimal digits) that changes with anything that could change how a landed file is reshaped. */
export function computeContractId(code: Code): string {
  return digest(ingestParts.map((part) => code[part]));
}

/**
 * Computes the fingerprint of the build that this code makes of these inputs. The order of the inputs doesn't matter.
 *
 * @param label the label of the whole build, from `--label`
 */
export function computeBuildId(code: Code, inputs: readonly Ingredient[], label?: string): string {
  const named = inputs.map(({source, sha256, schoolYears, note, isPreliminary}) => {
    const remarks = [...(note === undefined ? [] : [JSON.stringify(note)]), ...(isPreliminary ? ['preliminary'] : [])];
    return [source, sha256, ...schoolYears, ...remarks].join(' ');
  });
  return digest([
    ...parts.map((part) => code[part]),
    ...named.sort(),
    ...(label === undefined ? [] : [`label ${label}`]),
  ]);
}

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\0')).digest('hex').slice(0, 12);
}
