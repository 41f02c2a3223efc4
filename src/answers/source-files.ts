import type {License} from '../license.ts';
import {getSource} from '../sources/sources.ts';
import {capitalize} from '../words/format.ts';
import {describeOrigin, type Input} from './origins.ts';

/** A source file of a build. */
export interface SourceFile extends Input {
  sha256: string;
  /** When the publisher had last changed it. UTC. */
  publishedAt: string | null;
  /** As the publisher states it. */
  license?: License;
}

/** A source file of the build, as the descriptor names it. */
export interface Source {
  title: string;
  path: string;
  publisher: string;
  /** How it came: fetched, or supplied. */
  description: string;
  sha256: string;
  landedAt: string;
  publishedAt: string | null;
  schoolYears: readonly string[];
  /** As the publisher states it; null if it isn't known. */
  license: PackageLicense | null;
}

/** A license, as the standard defines it. */
export interface PackageLicense {
  name?: string;
  title?: string;
  path?: string;
}

/** Lists the source files of a build. */
export function listSources({inputs}: {inputs: readonly SourceFile[]}): Source[] {
  return inputs.map((input) => {
    const {title, publisher} = getSource(input.source);
    return {
      title: `${title} ${input.schoolYears.join(', ')}`,
      path: input.origin,
      publisher: input.isSample ? 'Rollcall' : publisher,
      description: [`${capitalize(describeOrigin(input))}.`, ...(input.note === undefined ? [] : [input.note])].join(
        ' ',
      ),
      sha256: input.sha256,
      landedAt: input.landedAt,
      publishedAt: input.publishedAt,
      schoolYears: input.schoolYears,
      license: readLicense(input),
    };
  });
}

function readLicense({license, isSample}: SourceFile): PackageLicense | null {
  // The sample is part of this repository.
  if (isSample) return {name: 'MIT', title: 'MIT License', path: 'https://opensource.org/license/mit'};
  // By the standard, a license has a name or a path.
  if (license?.id === undefined && license?.url === undefined) return null;
  const {id, name, url} = license;
  return {
    ...(id !== undefined && {name: id}),
    ...(name !== undefined && {title: name}),
    ...(url !== undefined && {path: url}),
  };
}

/** Returns the distinct licenses of the sources; undefined if one of them is not known. */
export function combineLicenses(sources: readonly Source[]): PackageLicense[] | undefined {
  if (sources.length === 0 || sources.some(({license}) => license === null)) return undefined;
  const distinct = new Map(sources.flatMap(({license}) => (license ? [[JSON.stringify(license), license]] : [])));
  return [...distinct.values()];
}
