import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const isCheckout = import.meta.filename.endsWith('.ts');
const codeFolder = fileURLToPath(new URL('..', import.meta.url));

/** The folder of the checkout, or of the package where npm has installed it. */
export const projectFolder = isCheckout ? codeFolder : join(codeFolder, '..');

/**
 * Where a path of the checkout is. A package has `src/` and `site/` compiled, under `dist/`. npm leaves the lock file out of
 * it, so there `package.json` says which versions are used.
 */
export function locate(path: string): string {
  if (isCheckout) return join(projectFolder, path);
  if (path === 'package-lock.json') return join(projectFolder, 'package.json');
  return /^(src|site)(\/|$)/.test(path) ? join(codeFolder, path.replace(/\.ts$/, '.js')) : join(projectFolder, path);
}
