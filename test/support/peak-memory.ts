import {writeFileSync} from 'node:fs';

/** Loaded by a command before its own code: writes the most memory that it took, in kilobytes, to the file ROLLCALL_TEST_PEAK names. */
const path = process.env['ROLLCALL_TEST_PEAK'];
if (path !== undefined) process.on('exit', () => writeFileSync(path, String(process.resourceUsage().maxRSS)));
