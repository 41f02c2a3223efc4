import {Hono} from 'hono';
import {bodyLimit} from 'hono/body-limit';
import {HTTPException} from 'hono/http-exception';
import {secureHeaders} from 'hono/secure-headers';
import {Failure} from '../failure.ts';
import {createApiRoutes} from './api.ts';
import type {Guard} from './guard.ts';
import {readHealth} from './health.ts';
import {createMetrics} from './metrics.ts';
import {createOperationsRoutes} from './operations.ts';
import type {Server} from './overview.ts';
import {renderMessagePage} from './page.ts';
import {createQuestions} from './questions.ts';
import {createReportRoutes} from './report.ts';

const largestRequest = 64 << 10;

// A browser that may not send the referrer sends no origin either, and the origin tells our forms from those of other sites.
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

/** Creates the application: the report, the operations page, the API, health and metrics. */
export function createApp(server: Server, guard: Guard, note: (text: string) => void): Hono {
  const app = new Hono();
  const questions = createQuestions(server.home, server.commands);
  const metrics = createMetrics(server);
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
  app.route('/operations', createOperationsRoutes(server, guard, questions));
  app.get('/operations/*', (c) => c.html(renderMessagePage('Not found', 'There is no such page.'), 404));
  app.route('/api', createApiRoutes(server, guard, questions));
  app.route('/', createReportRoutes(server.home));
  app.notFound((c) => c.text('Not found', 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const status = error instanceof Failure ? (error.exitCode === 2 ? 404 : 503) : 500;
    if (status === 500) note(error.stack ?? error.message);
    const message = error instanceof Failure ? error.message : 'This is a bug. The log of the server has the details.';
    return c.req.path.startsWith('/api/')
      ? c.json({error: message}, status)
      : c.html(renderMessagePage('That did not work', message), status);
  });
  return app;
}
