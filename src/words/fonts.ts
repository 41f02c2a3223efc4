import {createRequire} from 'node:module';
import {dirname} from 'node:path';

/** The fonts of everything with pages: in the headings, and in the text. */
export const fonts = {
  headings: 'besley-latin-wght-normal.woff2',
  text: 'public-sans-latin-wght-normal.woff2',
} as const;

/** The files of each font's package that pages load. */
export const fontFiles = {
  '@fontsource-variable/besley': [fonts.headings, 'besley-latin-ext-wght-normal.woff2'],
  '@fontsource-variable/public-sans': [fonts.text, 'public-sans-latin-ext-wght-normal.woff2'],
};

/** Finds the folder of a font's package. Node can't resolve the files in it if the path of the checkout has a `*`. */
export function locateFont(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(name));
}
