import type {Report} from './report.ts';

/** The picture that a link to the report is shown with. */
export async function writePreview(_report: Report, _path: string): Promise<void> {}
