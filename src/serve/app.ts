import {type Context, Hono} from 'hono';
import {bodyLimit} from 'hono/body-limit';
import {cors} from 'hono/cors';
import {HTTPException} from 'hono/http-exception';
import {secureHeaders} from 'hono/secure-headers';
import {Failure, getErrorCode} from '../failure.ts';
import {createApiRoutes} from './api.ts';
import {type Guard, requireHostName} from './guard.ts';
import {readHealth} from './health.ts';
import {createMetrics} from './metrics.ts';
import {createOperationsRoutes} from './operations.ts';
import type {Server} from './overview.ts';
import {renderMessagePage} from './pages/page.ts';
import {createQuestions} from './questions.ts';
import {createReportRoutes} from './report.ts';

const largestRequest = 64 << 10;

// A browser that may not send the referrer sends no origin either, and the origin tells our forms from those of other sites.
const common = {
  strictTransportSecurity: false,
  crossOriginResourcePolicy: false,
  referrerPolicy: 'same-origin',
} as const;
// The report loads and searches its schools, and nothing else: what a name could carry does not run, and reaches no action.
const schools = (c: Context) => `${c.req.header('host')}/schools/`;
const reportHeaders = secureHeaders({
  ...common,
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: [schools],
    formAction: [schools],
    baseUri: ["'none'"],
  },
});
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

/** The API of the report, which is as open as the report itself. */
const openApi = '/api/v1';
const isOwn = (path: string) => /^\/(operations|api(?!\/v1\/))(\/|$)/.test(path);
// Pages of other sites may read it, and Parquet in parts.
const openToAll = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD'],
  exposeHeaders: ['Accept-Ranges', 'Content-Length', 'Content-Range', 'ETag'],
});

/** Creates the application: the report, the operations page, the API, health and metrics. */
export function createApp(
  server: Server,
  guard: Guard,
  {hostNames, note}: {hostNames: readonly string[]; note: (text: string) => void},
): Hono {
  const app = new Hono();
  const questions = createQuestions(server.home, server.commands);
  const metrics = createMetrics(server);
  app.use((c, next) => (isOwn(c.req.path) ? ownHeaders : reportHeaders)(c, next));
  app.use(requireHostName(hostNames));
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
  app.get('/metrics', guard.requireReader, async (c) =>
    c.body(await metrics.read(), 200, {'Content-Type': metrics.contentType}),
  );
  app.route('/operations', createOperationsRoutes(server, guard, questions));
  app.get('/operations/*', (c) => c.html(renderMessagePage('Not found', 'There is no such page.'), 404));
  const report = createReportRoutes(server.home);
  app.use(`${openApi}/*`, openToAll);
  app.route(openApi, report);
  app.route('/api', createApiRoutes(server, guard, questions));
  app.route('/', report);
  app.notFound((c) => c.text('Not found', 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const isGone = getErrorCode(error) === 'ENOENT';
    const status = error instanceof Failure ? (error.exitCode === 2 ? 404 : 503) : isGone ? 503 : 500;
    if (status === 503) c.header('Retry-After', '1');
    if (status === 500) note(error.stack ?? error.message);
    const message =
      error instanceof Failure
        ? error.message
        : isGone
          ? 'A file was removed meanwhile. Try again.'
          : 'This is a bug. The log of the server has the details.';
    return c.req.path.startsWith('/api/')
      ? c.json({error: message}, status)
      : c.html(renderMessagePage('That did not work', message), status);
  });
  return app;
}
