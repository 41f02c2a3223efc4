import type {Server as HttpServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createAdaptorServer} from '@hono/node-server';
import {findPublished} from '../builds/published.ts';
import type {ScheduleConfig} from '../config.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {deliverNotices, type NoticeSettings} from '../notices/deliver.ts';
import {appOf} from './app.ts';
import {Commands} from './commands.ts';
import {type Guard, guardOf} from './guard.ts';
import type {Server} from './overview.ts';
import {keepSchedule} from './schedule.ts';
import type {Token} from './token.ts';

export interface ServeOptions {
  home: Home;
  host: string;
  /** 0 takes one that is free. */
  port: number;
  token: Token;
  /** Undefined where none is to be kept. */
  schedule?: ScheduleConfig | undefined;
  notices?: NoticeSettings;
  /** Where it tells what it does. */
  note?: (text: string) => void;
  commands?: Commands;
  guard?: Guard;
}

export interface Serving {
  url: string;
  /** Takes no more requests, stops a run cleanly between its steps and waits for it. */
  stop(): Promise<void>;
}

/**
 * Serves the report and the operations page, and keeps the schedule.
 *
 * @throws Failure where it can't listen
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const {home, host, port, token, notices = {}, note = () => {}} = options;
  const {commands = new Commands(home), guard = guardOf(token)} = options;
  const rest = await whyAtRest(options);
  const server: Server = {home, commands, schedule: undefined, rest, now: () => new Date()};
  const http = createAdaptorServer({fetch: appOf(server, guard, note).fetch}) as HttpServer;
  await listen(http, host, port);
  await deliverNotices(home, notices, {note, begin: true});
  // What a run that was killed could not tell itself.
  commands.onEnd = () => void deliverNotices(home, notices, {note});
  if (options.schedule && rest === undefined) {
    const due = async (why: 'time' | 'missed') => {
      const run = commands.run(scheduledRun(options.schedule), 'schedule');
      if (run === undefined) return note('a run is due, and another still goes on: this one is left out');
      note(
        why === 'missed' ? 'a run was due while nobody was here to start it: it starts now' : 'a run is due: it starts',
      );
      const {code} = await run;
      note(`the run ended with exit code ${code}`);
    };
    server.schedule = keepSchedule(options.schedule, home, (why) => {
      due(why).catch((error: Error) => note(`the run could not be started: ${error.message}`));
    });
  }
  const {port: taken} = http.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async stop() {
      server.schedule?.stop();
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await Promise.all([closed, commands.stop()]);
    },
  };
}

const scheduledRun = (schedule: ScheduleConfig | undefined) => ({
  from: schedule?.from ?? 'live',
  schoolList: schedule?.schoolList,
});

/** A schedule must not put the state's data in the place of a sample that somebody is looking at. */
async function whyAtRest({home, schedule}: ServeOptions): Promise<string | undefined> {
  if (schedule === undefined) return 'none is kept';
  const published = await findPublished(home).catch(() => undefined);
  if (published?.manifest.isSample && schedule.from !== 'sample') return 'at rest: this home holds the sample';
  return undefined;
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', ({code, message}: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'something listens there already' : message;
      reject(new Failure(`${host}:${port}: can't listen (${why}). Give another --port or --host.`, exit.failed));
    });
    http.listen(port, host, resolve);
  });
}
