import {fileURLToPath} from 'node:url';

/** The folder of the checkout. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
