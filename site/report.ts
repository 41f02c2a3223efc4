import {readFileSync} from 'node:fs';
import type {Report} from '../src/report/report.ts';

/** Put in by the build: where the report has been written to. */
declare const __REPORT_FILE__: string;

/** What the pages show. */
export const report: Report = JSON.parse(readFileSync(__REPORT_FILE__, 'utf8'));
