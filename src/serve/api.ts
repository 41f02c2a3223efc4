import {type Context, Hono} from 'hono';
import * as v from 'valibot';
import {readFreshness} from '../incoming/freshness.ts';
import {readHistory, readRun} from '../runs/history.ts';
import {parseJson} from '../schemas.ts';
import type {CommandOutcome} from './commands.ts';
import type {Guard} from './guard.ts';
import {readUsualRun, type Server} from './overview.ts';
import type {Questions} from './questions.ts';
import {isBuild, parseRunBody} from './requests.ts';

const runsGiven = 20;
const mostRuns = 1000;

/** Creates the API: what the page shows, as the objects that the commands print with `--json`. */
export function createApiRoutes(server: Server, guard: Guard, questions: Questions): Hono {
  const app = new Hono();
  app.use(guard.requireReader);
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
  app.get('/plan', async (c) => respondAnswer(c, await questions.plan(readUsualRun(server), '--json')));
  app.get('/changes', async (c) => {
    const builds = [c.req.query('from'), c.req.query('to')].filter((build) => build !== undefined);
    if (!builds.every(isBuild)) return c.json({error: 'from, to: not a build.'}, 400);
    return respondAnswer(c, await questions.changes(builds, '--json'));
  });

  app.post('/run', guard.requireToken, async (c) => {
    const request = parseRunBody(await readBody(c), readUsualRun(server));
    if (typeof request === 'string') return c.json({error: request}, 400);
    return respondStarted(c, server.commands.run(request, 'person'), server);
  });
  app.post('/stop', guard.requireToken, (c) =>
    server.commands.stopRun()
      ? c.json(server.commands.last, 202)
      : c.json({error: 'Nothing that was started here is running.'}, 409),
  );
  app.post('/rollback', guard.requireToken, async (c) => {
    const body = await readBody(c);
    const build = v.is(v.object({build: v.string()}), body) ? body.build : undefined;
    if (!isBuild(build)) return c.json({error: 'build: not a build.'}, 400);
    return respondStarted(c, server.commands.rollback(build), server);
  });
  app.all('*', (c) => c.json({error: `${c.req.path}: not found.`}, 404));
  return app;
}

/** Reads a request's JSON; null, which no request accepts, if it is not JSON. */
async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  return text.trim() === '' ? {} : (parseJson(v.unknown(), text) ?? null);
}

function respondStarted(c: Context, work: Promise<CommandOutcome> | undefined, {commands}: Server) {
  return work ? c.json(commands.last, 202) : c.json({error: 'Something is running already.'}, 409);
}

function respondAnswer(c: Context, {code, stdout, stderr}: CommandOutcome) {
  if (code === 0) return c.body(stdout, 200, {'Content-Type': 'application/json'});
  return c.json(
    {error: stderr.slice(Math.max(0, stderr.lastIndexOf('rollcall:'))).trim(), exitCode: code},
    code === 3 ? 502 : 409,
  );
}
