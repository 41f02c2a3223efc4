import type {Server as HttpServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createAdaptorServer} from '@hono/node-server';
import {findPublished} from '../builds/published.ts';
import type {ScheduleConfig} from '../config.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {deliverNotices, type NoticeSettings} from '../notices/deliver.ts';
import {createApp} from './app.ts';
import {Commands} from './commands.ts';
import {createGuard} from './guard.ts';
import type {Server} from './overview.ts';
import {keepSchedule} from './schedule.ts';
import type {Token} from './token.ts';

export interface ServeOptions {
  home: Home;
  host: string;
  /** 0 takes a free one. */
  port: number;
  token: Token;
  /** Names under which the server is reached, besides localhost and addresses. */
  hostNames?: readonly string[];
  /** Whether readers of the operations page, the API and the metrics need the token too. */
  isPrivate?: boolean;
  /** Undefined for no schedule. */
  schedule?: ScheduleConfig | undefined;
  notices?: NoticeSettings;
  note?: (text: string) => void;
  commands?: Commands;
}

export interface Serving {
  url: string;
  /** Refuses new requests, asks a run to stop between two steps, and waits for it. */
  stop(): Promise<void>;
}

/**
 * Serves the report and the operations page, and starts the scheduled runs.
 *
 * @throws Failure if it can't listen on the port
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const {home, host, port, token, schedule, notices = {}, note = () => {}} = options;
  const {commands = new Commands(home), hostNames = [], isPrivate} = options;
  const rest = await explainRest(options);
  const server: Server = {home, commands, schedule: undefined, rest, now: () => new Date()};
  const http = createAdaptorServer({
    fetch: createApp(server, createGuard(token, isPrivate), {hostNames: [...hostNames, host], note}).fetch,
  }) as HttpServer;
  await listen(http, host, port);
  await deliverNotices(home, notices, {note, begin: true});
  // A killed run can't send its own notice.
  commands.onEnd = () => void deliverNotices(home, notices, {note});
  if (schedule && rest === undefined) {
    const due = async (why: 'time' | 'missed') => {
      const run = commands.run({from: schedule.from, schoolList: schedule.schoolList}, 'schedule');
      if (run === undefined) return note('a run is due, but another is still in progress: this one is skipped');
      note(why === 'missed' ? 'a run was due while the server was down: it starts now' : 'a run is due: it starts');
      const {code} = await run;
      note(`the run ended with exit code ${code}`);
    };
    server.schedule = keepSchedule(schedule, home, (why) => {
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

/** Explains why no schedule runs; undefined if it does. A schedule must not replace a sample with the state's data. */
async function explainRest({home, schedule}: ServeOptions): Promise<string | undefined> {
  if (schedule === undefined) return 'none is configured';
  const published = await findPublished(home).catch(() => undefined);
  if (published?.manifest.isSample && schedule.from !== 'sample') return 'at rest: this home holds the sample';
  return undefined;
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', ({code, message}: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'something already listens there' : message;
      reject(new Failure(`${host}:${port}: can't listen (${why}). Give another --port or --host.`, exit.failed));
    });
    http.listen(port, host, resolve);
  });
}
