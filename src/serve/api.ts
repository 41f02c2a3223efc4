import {type Context, Hono} from 'hono';
import {z} from 'zod';
import {readFreshness} from '../incoming/freshness.ts';
import {parseJson} from '../json.ts';
import {readHistory, readRun} from '../runs/history.ts';
import type {Ended} from './commands.ts';
import type {Guard} from './guard.ts';
import {type Server, usualRun} from './overview.ts';
import type {Questions} from './questions.ts';
import {isBuild, parseRunBody} from './requests.ts';

const runsGiven = 20;
const mostRuns = 1000;

/** For programs, what the page shows for people: the objects that the commands print with `--json`. */
export function apiRoutes(server: Server, guard: Guard, questions: Questions): Hono {
  const app = new Hono();
  app.get('/history', async (c) => {
    const limit = Number(c.req.query('limit') ?? runsGiven);
    if (!Number.isInteger(limit) || limit < 1 || limit > mostRuns)
      return c.json({error: `limit: not a whole number from 1 to ${mostRuns}.`}, 400);
    return c.json(await readHistory(server.home, limit));
  });
  app.get('/runs/:run{[1-9][0-9]*}', (c) => c.json(readRun(server.home, Number(c.req.param('run')))));
  app.get('/sources', async (c) => c.json(await readFreshness(server.home, server.now())));
  app.get('/schedule', ({json}) =>
    json({schedule: server.schedule?.config ?? null, next: server.schedule?.next(5) ?? [], rest: server.rest ?? null}),
  );
  app.get('/plan', async (c) => answered(c, await questions.plan(usualRun(server), '--json')));
  app.get('/changes', async (c) => {
    const builds = [c.req.query('from'), c.req.query('to')].filter((build) => build !== undefined);
    if (!builds.every(isBuild)) return c.json({error: 'from, to: not a build.'}, 400);
    return answered(c, await questions.changes(builds, '--json'));
  });

  app.post('/run', guard.doing, async (c) => {
    const request = parseRunBody(await bodyOf(c), usualRun(server));
    if (typeof request === 'string') return c.json({error: request}, 400);
    return started(c, server.commands.run(request, 'person'), server);
  });
  app.post('/rollback', guard.doing, async (c) => {
    const build = z.object({build: z.unknown()}).safeParse(await bodyOf(c)).data?.build;
    if (!isBuild(build)) return c.json({error: 'build: not a build.'}, 400);
    return started(c, server.commands.rollback(build), server);
  });
  app.all('*', (c) => c.json({error: `${c.req.path}: there is no such thing here.`}, 404));
  return app;
}

/** What isn't JSON is null, which no request is. */
async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  return text.trim() === '' ? {} : (parseJson(z.unknown(), text) ?? null);
}

function started(c: Context, work: Promise<Ended> | undefined, {commands}: Server) {
  return work ? c.json(commands.last, 202) : c.json({error: 'Something is running already.'}, 409);
}

function answered(c: Context, {code, stdout, stderr}: Ended) {
  if (code === 0) return c.body(stdout, 200, {'Content-Type': 'application/json'});
  return c.json(
    {error: stderr.slice(Math.max(0, stderr.lastIndexOf('rollcall:'))).trim(), exitCode: code},
    code === 3 ? 502 : 409,
  );
}
