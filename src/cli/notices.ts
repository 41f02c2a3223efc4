import type {Home} from '../home.ts';
import {deliverNotices, readNoticeSettings} from '../notices/deliver.ts';
import {readConfig} from './read-config.ts';
import {colorStderr, tell} from './terminal.ts';

/** Does work that may cause notices, and posts them even if the work fails. */
export async function runWithNotices<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const notices = readNoticeSettings(readConfig());
  const note = (text: string) => tell(`  ${colorStderr('yellow', text)}`);
  await deliverNotices(home, notices, {note, begin: true});
  try {
    return await work();
  } finally {
    await deliverNotices(home, notices, {note});
  }
}
