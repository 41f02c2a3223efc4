import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as v from 'valibot';
import {projectFolder} from '../src/project-folder.ts';

const lockedPackage = v.object({
  version: v.string(),
  license: v.optional(v.string()),
  integrity: v.optional(v.string()),
  hasInstallScript: v.optional(v.boolean(), false),
  dev: v.optional(v.boolean(), false),
});
const lockSchema = v.object({packages: v.record(v.string(), lockedPackage)});

export interface LockedPackage extends v.InferOutput<typeof lockedPackage> {
  name: string;
}

/** Licenses under which everybody may use and pass on what Rollcall brings. */
const accepted = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);
/** Accepted only for tools that no release brings. */
const acceptedForDevelopment = new Set(['EPL-2.0']);

/** Reads the packages of the lock file, without Rollcall itself. */
export function readLockedPackages(): LockedPackage[] {
  const {packages} = v.parse(lockSchema, JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({...locked, name: path.replace(/^.*node_modules\//, '')}));
}

/** Returns whether a package's license fits. Of alternatives (`A OR B`), one must. Any other expression needs a person to read it. */
export function hasFittingLicense({license = '', dev}: Pick<LockedPackage, 'license' | 'dev'>): boolean {
  return license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((each) => accepted.has(each) || (dev && acceptedForDevelopment.has(each)));
}

/** Writes the list of the packages that come with Rollcall, as markdown. */
export function formatLicenseList(packages: readonly LockedPackage[]): string {
  const lines = packages
    .filter(({dev}) => !dev)
    .map(({name, version, license}) => `| ${name} | ${version} | ${license} |`);
  return `# Licenses

Rollcall's own license is in LICENSE. npm installs these packages with it. Each has its license text in its folder. Packages for one system
are installed on that system only.

| package | version | license |
|---|---|---|
${[...new Set(lines)].sort().join('\n')}
`;
}
