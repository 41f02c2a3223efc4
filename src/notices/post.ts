import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import type {NoticeKind} from '../config.ts';
import {getErrorMessage} from '../failure.ts';
import {writeAtomically} from '../files.ts';
import type {Home} from '../home.ts';
import {parseJson} from '../json.ts';
import {newsSince, type Told, toldSchema, upToNow} from './news.ts';
import type {Notice} from './notice.ts';
import {type Patience, type Sent, sendToCommand, sendToWebhook, usualPatience} from './send.ts';

/** To whom notices go, and of what. */
export interface Notices {
  /** All kinds where it is undefined. */
  events?: readonly NoticeKind[] | undefined;
  webhook?: {url: string; token?: string | undefined} | undefined;
  command?: readonly string[] | undefined;
}

/** What the configuration says of notices, and what is secret and therefore in the environment. */
export function noticesFrom(
  written: {
    events?: readonly NoticeKind[] | undefined;
    webhook?: string | undefined;
    command?: readonly string[] | undefined;
  } = {},
  env: NodeJS.ProcessEnv = process.env,
): Notices {
  const url = env['ROLLCALL_WEBHOOK_URL'] || written.webhook;
  const token = env['ROLLCALL_WEBHOOK_TOKEN'];
  return {events: written.events, command: written.command, ...(url && {webhook: {url, token}})};
}

interface Effects {
  now?: () => Date;
  note?: (text: string) => void;
  patience?: Patience;
  /** Only notes from where on a new receiver is told; nobody is told anything. */
  begin?: boolean;
}

/**
 * Tells whoever is to be told what has happened in a home since they were told last. Each receiver gets the notices in order; one
 * that can't be reached gets them the next time. Never throws: a run doesn't fail for its notices.
 *
 * The first time, what was before is no news: call it with `begin` before a run, and without after.
 */
export async function post(home: Home, notices: Notices, effects: Effects = {}): Promise<void> {
  const {now = () => new Date(), note = () => {}, patience = usualPatience, begin = false} = effects;
  const {webhook, command, events} = notices;
  const receivers: Record<string, (notice: Notice) => Promise<Sent>> = {
    ...(webhook && {webhook: (notice) => sendToWebhook(notice, webhook, patience)}),
    ...(command && {command: (notice) => sendToCommand(notice, command)}),
  };
  if (Object.keys(receivers).length === 0) return;
  const book = join(home.folder, 'notices.json');
  try {
    const before = await readBook(book);
    const entries = Object.entries(receivers).map(async ([name, send]): Promise<[string, Told]> => {
      const told = before[name];
      if (told === undefined) return [name, upToNow(home)];
      if (begin) return [name, told];
      const isWanted = ({event}: Notice) => events === undefined || events.includes(event);
      return [
        name,
        await tell(
          home,
          told,
          (notice) => (isWanted(notice) ? send(notice) : skipped),
          now(),
          (text) => note(`${name}: ${text}`),
        ),
      ];
    });
    const after = {...before, ...Object.fromEntries(await Promise.all(entries))};
    if (JSON.stringify(after) !== JSON.stringify(before))
      await writeAtomically(book, `${JSON.stringify(after, null, 2)}\n`);
  } catch (error) {
    note(`notices could not be sent: ${getErrorMessage(error)}`);
  }
}

const skipped = Promise.resolve<Sent>({is: 'delivered'});

/** @returns how far they have been told now */
async function tell(
  home: Home,
  before: Told,
  send: (notice: Notice) => Promise<Sent>,
  now: Date,
  note: (text: string) => void,
): Promise<Told> {
  const {news, told} = await newsSince(home, before, now);
  let sofar = before;
  for (const {notice, afterwards} of news) {
    const sent = await send(notice);
    if (sent.is === 'failed') {
      note(`the notice ${notice.event} was not delivered (${sent.why}); it is sent again the next time`);
      return sofar;
    }
    if (sent.is === 'refused') note(`the notice ${notice.event} was refused (${sent.why})`);
    sofar = afterwards;
  }
  return told;
}

async function readBook(path: string): Promise<Record<string, Told>> {
  return parseJson(z.record(z.string(), toldSchema), await readFile(path, 'utf8').catch(() => '')) ?? {};
}
