import type {Home} from '../home.ts';
import {noticesFrom, post} from '../notices/post.ts';
import {readConfig} from './read-config.ts';
import {onError, tell} from './terminal.ts';

/** Does what may be news, and tells whoever is to be told, also where it fails. */
export async function withNotices<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const notices = noticesFrom(readConfig().notices);
  const note = (text: string) => tell(`  ${onError('yellow', text)}`);
  await post(home, notices, {note, begin: true});
  try {
    return await work();
  } finally {
    await post(home, notices, {note});
  }
}
