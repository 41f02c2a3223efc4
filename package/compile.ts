// Compiles the package's code, since Node strips no types under node_modules. npm pack calls this. Other files (style sheets,
// browser scripts) are copied. Lists the licenses of the packages that come with it, too.
import {execFileSync} from 'node:child_process';
import {cpSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectFolder} from '../src/project-folder.ts';
import {formatLicenseList, readLockedPackages} from './licenses.ts';

const dist = join(projectFolder, 'dist');
rmSync(dist, {recursive: true, force: true});
const isCopied = (path: string) => !/\.ts$|tsconfig\.json$/.test(path);
for (const folder of ['src', 'site']) {
  cpSync(join(projectFolder, folder), join(dist, folder), {recursive: true, filter: isCopied});
}
const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', join(projectFolder, 'package')], {stdio: 'inherit'});
// The compiler copies the imported package.json; the package has its own.
rmSync(join(dist, 'package.json'), {force: true});
writeFileSync(join(dist, 'LICENSES.md'), formatLicenseList(readLockedPackages()));
