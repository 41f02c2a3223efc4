import {isIP} from 'node:net';
import {Command} from 'commander';
import {exit, Failure} from '../failure.ts';
import {readNoticeSettings} from '../notices/deliver.ts';
import {assertSchedule} from '../serve/schedule.ts';
import {serve} from '../serve/serve.ts';
import {readToken} from '../serve/token.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';
import {colorStderr, tell} from './terminal.ts';

interface Options {
  home?: string;
  port: string;
  host: string;
  tokenFile?: string;
  schedule: boolean;
  hostName: string[];
  private: boolean;
}

export function createServeCommand(): Command {
  return new Command('serve')
    .option('--port <port>', 'the port to listen on; 0 picks a free one', '8080')
    .option('--host <host>', 'the address to listen on; the default is open to this machine only', '127.0.0.1')
    .option(
      '--token-file <file>',
      'the token that actions require (default: ROLLCALL_TOKEN, or operations.token in the home)',
    )
    .option(
      '--host-name <names...>',
      'names under which the server is reached, such as those of a proxy (known already: localhost, addresses, the reportUrl)',
      [],
    )
    .option('--private', 'require the token for reading /operations, /api and /metrics, too', false)
    .option('--no-schedule', 'ignore the schedule of rollcall.config.ts')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
  /                  the report
  /operations        runs and builds, with buttons to start, stop and roll back
  /api               the same for programs
  /health  /metrics  for monitors

Everyone who reaches the server can read, unless it is --private; actions
require the token. SIGTERM stops the server; a run in progress stops cleanly
after its step.`,
    )
    .action(async (options: Options) => {
      const home = resolveHome(options);
      const {schedule, notices, reportUrl} = readConfig();
      if (schedule) assertSchedule(schedule);
      const token = await readToken(home, options.tokenFile);
      const note = (text: string) => tell(`${colorStderr('dim', new Date().toISOString())} ${text}`);
      if (!isLoopback(options.host)) {
        note(
          colorStderr(
            'yellow',
            `${options.host} is open to other machines: ${options.private ? '' : 'anyone there can read the pages, and '}the token travels as plain text unless a proxy adds TLS.`,
          ),
        );
      }
      const serving = await serve({
        ...{home, host: options.host, port: parsePort(options.port), token, note},
        hostNames: [...options.hostName, ...(reportUrl === undefined ? [] : [new URL(reportUrl).hostname])],
        isPrivate: options.private,
        schedule: options.schedule ? schedule : undefined,
        notices: readNoticeSettings({notices, reportUrl}),
      });
      note(
        `${serving.url} is the report, ${serving.url}/operations the operations page. The token is in ${token.origin}.`,
      );
      await waitForSignal(note);
      await serving.stop();
      note('stopped');
    });
}

/** How often a server that npx started looks whether npx is still there. Milliseconds. */
const parentInterval = 500;

/** Waits for the first SIGINT or SIGTERM. */
function waitForSignal(note: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const stop = (why: string) => {
      note(`${why}: stopping; a run in progress stops after its step`);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal));
    // npx starts a shell, which passes no signal on. The only sign is that the parent process has ended.
    const parent = process.ppid;
    if (process.env['npm_command'] === undefined) return;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      stop('npx has ended');
    }, parentInterval);
    watch.unref();
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw new Failure(`--port ${text}: not a port. Write a whole number from 0 to 65535.`, exit.usage);
}
