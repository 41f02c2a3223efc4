import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const isCheckout = import.meta.filename.endsWith('.ts');
const codeFolder = fileURLToPath(new URL('..', import.meta.url));

/** The folder of the checkout, or of the package where npm has installed it. */
export const projectFolder = isCheckout ? codeFolder : join(codeFolder, '..');

/**
 * Returns where a file of the checkout is found at run time. The npm package has `src/` and `site/` compiled, under `dist/`. npm
 * leaves the lock file out of a package, so `package.json` stands in for it.
 */
export function locate(path: string): string {
  if (isCheckout) return join(projectFolder, path);
  if (path === 'package-lock.json') return join(projectFolder, 'package.json');
  return /^(src|site)(\/|$)/.test(path) ? join(codeFolder, path.replace(/\.ts$/, '.js')) : join(projectFolder, path);
}
