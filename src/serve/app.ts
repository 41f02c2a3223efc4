import {Hono} from 'hono';
import {bodyLimit} from 'hono/body-limit';
import {HTTPException} from 'hono/http-exception';
import {secureHeaders} from 'hono/secure-headers';
import {Failure} from '../failure.ts';
import {apiRoutes} from './api.ts';
import type {Guard} from './guard.ts';
import {readHealth} from './health.ts';
import {metricsOf} from './metrics.ts';
import {operationsRoutes} from './operations.ts';
import type {Server} from './overview.ts';
import {plainPage} from './page.ts';
import {questionsTo} from './questions.ts';
import {reportRoutes} from './report.ts';

const largestRequest = 64 << 10;

// A browser that is told to name no referrer names no origin either, and the origin is what tells our forms from others'.
const common = {
  strictTransportSecurity: false,
  crossOriginResourcePolicy: false,
  referrerPolicy: 'same-origin',
} as const;
const reportHeaders = secureHeaders(common);
const ownHeaders = secureHeaders({
  ...common,
  xFrameOptions: 'DENY',
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

const isOwn = (path: string) => /^\/(operations|api)(\/|$)/.test(path);

/** Everything that is served: the report, and beside it the operations page, the API for programs, health and metrics. */
export function appOf(server: Server, guard: Guard, note: (text: string) => void): Hono {
  const app = new Hono();
  const questions = questionsTo(server.home, server.commands);
  const metrics = metricsOf(server);
  app.use((c, next) => (isOwn(c.req.path) ? ownHeaders : reportHeaders)(c, next));
  for (const path of ['/operations/*', '/api/*']) {
    app.use(path, bodyLimit({maxSize: largestRequest}), async (c, next) => {
      await next();
      if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    });
  }
  app.get('/health', async (c) => {
    const health = await readHealth(server);
    return c.json(health, health.status === 'ok' ? 200 : 503, {'Cache-Control': 'no-store'});
  });
  app.get('/metrics', async (c) => c.body(await metrics.read(), 200, {'Content-Type': metrics.contentType}));
  app.route('/operations', operationsRoutes(server, guard, questions));
  app.get('/operations/*', (c) => c.html(plainPage('Not found', 'There is no such page.'), 404));
  app.route('/api', apiRoutes(server, guard, questions));
  app.route('/', reportRoutes(server.home));
  app.notFound((c) => c.text('Not found', 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const status = error instanceof Failure ? (error.exitCode === 2 ? 404 : 503) : 500;
    if (status === 500) note(error.stack ?? error.message);
    const said = error instanceof Failure ? error.message : 'This is a bug. It is in the log of the server.';
    return c.req.path.startsWith('/api/')
      ? c.json({error: said}, status)
      : c.html(plainPage('That did not work', said), status);
  });
  return app;
}
