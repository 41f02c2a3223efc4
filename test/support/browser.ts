import {existsSync} from 'node:fs';
import {type Browser, chromium} from 'playwright-core';
import {skipWithout} from './tools.ts';

const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why tests that need a browser are skipped; false if there is one. */
export const withoutBrowser = skipWithout(
  existsSync(program),
  `there is no browser at ${program}; CHROMIUM says where one is`,
);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({executablePath: program, args: ['--no-sandbox', '--disable-gpu', '--disable-quic']});
}
