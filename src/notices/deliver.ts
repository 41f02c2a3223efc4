import {join} from 'node:path';
import type {Config, NoticeKind} from '../config.ts';
import {getErrorMessage} from '../failure.ts';
import {writeAtomically} from '../files.ts';
import type {Home} from '../home.ts';
import {readHeaderToken, splitCredentials} from '../secrets.ts';
import type {DeliveryState} from './news.ts';
import type {Notice} from './notice.ts';
import type {Delivery, Patience, Webhook} from './send.ts';

/** Where notices go, and which. */
export interface NoticeSettings {
  /** By default, all kinds. */
  events?: readonly NoticeKind[] | undefined;
  webhook?: Webhook | undefined;
  command?: readonly string[] | undefined;
  /** The address of the report, as a link in each notice. */
  link?: string | undefined;
}

/** Combines the configuration with the environment, which may hold a secret address and token. */
export function readNoticeSettings(
  {notices: written = {}, reportUrl}: Pick<Config, 'notices' | 'reportUrl'>,
  env: NodeJS.ProcessEnv = process.env,
): NoticeSettings {
  const url = env['ROLLCALL_WEBHOOK_URL'] || written.webhook;
  const token = readHeaderToken('ROLLCALL_WEBHOOK_TOKEN', env);
  return {
    events: written.events,
    command: written.command,
    link: reportUrl,
    ...(url && {webhook: {...splitCredentials(url), token}}),
  };
}

interface Effects {
  now?: () => Date;
  note?: (text: string) => void;
  patience?: Patience;
  /** Only records from where on a new receiver gets notices. Sends nothing. */
  begin?: boolean;
}

/**
 * Sends each receiver the notices that are new to it, in order. If a receiver can't be reached, the next call tries again. Never
 * throws, since a run must not fail for its notices.
 *
 * A new receiver gets nothing about the past: call this with `begin` before a run, and without it afterwards.
 */
export async function deliverNotices(home: Home, notices: NoticeSettings, effects: Effects = {}): Promise<void> {
  const {webhook, command, events, link} = notices;
  if (webhook === undefined && command === undefined) return;
  // Loaded here, since most installations send none.
  const {sendToCommand, sendToWebhook, usualPatience} = await import('./send.ts');
  const {readStates, startFromNow} = await import('./news.ts');
  const {now = () => new Date(), note = () => {}, patience = usualPatience, begin = false} = effects;
  const receivers: Record<string, (notice: Notice) => Promise<Delivery>> = {
    ...(webhook && {webhook: (notice) => sendToWebhook(notice, webhook, patience)}),
    ...(command && {command: (notice) => sendToCommand(notice, command)}),
  };
  const path = join(home.folder, 'notices.json');
  try {
    const before = await readStates(path);
    const entries = Object.entries(receivers).map(async ([name, send]): Promise<[string, DeliveryState]> => {
      const known = before[name];
      if (known === undefined) return [name, startFromNow(home)];
      if (begin) return [name, known];
      const isWanted = ({event}: Notice) => events === undefined || events.includes(event);
      return [
        name,
        await sendNews(
          home,
          known,
          (notice) => (isWanted(notice) ? send(link === undefined ? notice : addLink(notice, link)) : skipped),
          now(),
          (text) => note(`${name}: ${text}`),
        ),
      ];
    });
    const after = {...before, ...Object.fromEntries(await Promise.all(entries))};
    if (JSON.stringify(after) !== JSON.stringify(before))
      await writeAtomically(path, `${JSON.stringify(after, null, 2)}\n`);
  } catch (error) {
    note(`notices can't be sent: ${getErrorMessage(error)}`);
  }
}

/** Where the report tells of some kinds of notices. */
const places: Partial<Record<NoticeKind, string>> = {
  figures_restated: 'data/#restated',
  year_added: 'data/#restated',
  year_held: 'data/#held',
};

function addLink(notice: Notice, reportUrl: string): Notice {
  const place = places[notice.event];
  const link = place === undefined ? reportUrl : `${reportUrl.replace(/\/$/, '')}/${place}`;
  return {...notice, text: `${notice.text} ${link}`, link};
}

const skipped = Promise.resolve<Delivery>({is: 'delivered'});

/** Sends a receiver its notices until one fails. Returns the receiver's new state. */
async function sendNews(
  home: Home,
  before: DeliveryState,
  send: (notice: Notice) => Promise<Delivery>,
  now: Date,
  note: (text: string) => void,
): Promise<DeliveryState> {
  const {readNews} = await import('./news.ts');
  const {news, state} = await readNews(home, before, now);
  let reached = before;
  for (const {notice, afterwards} of news) {
    const sent = await send(notice);
    if (sent.is === 'failed') {
      note(`the notice ${notice.event} was not delivered (${sent.why}); it will be sent again`);
      return reached;
    }
    if (sent.is === 'refused') note(`the notice ${notice.event} was refused (${sent.why})`);
    reached = afterwards;
  }
  return state;
}
