import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Context, Hono} from 'hono';
import {html} from 'hono/html';
import {HTTPException} from 'hono/http-exception';
import {streamSSE} from 'hono/streaming';
import {findPublished} from '../builds/published.ts';
import {Failure} from '../failure.ts';
import {locate} from '../project-folder.ts';
import {readCheckHistory, readRun} from '../runs/history.ts';
import {parseJson} from '../schemas.ts';
import {fontFiles, locateFont} from '../words/fonts.ts';
import type {CommandOutcome} from './commands.ts';
import {type Guard, isSameOrigin} from './guard.ts';
import {renderEntrance, renderOperations} from './operations-page.ts';
import {computeSignature, readOverview, readUsualRun, readZone, type Server} from './overview.ts';
import {changesSchema, renderChanges} from './pages/changes-page.ts';
import {renderCheck, renderChecks} from './pages/checks-page.ts';
import {lineageSchema, renderLineage, renderTables} from './pages/lineage-page.ts';
import {renderPage} from './pages/page.ts';
import {renderRun} from './pages/run-page.ts';
import type {Questions} from './questions.ts';
import {isBuild, parseRunForm} from './requests.ts';

/** How often changes are looked for while a page is open. Milliseconds. */
const pollInterval = 500;
/** How many runs the history of a check covers. */
const runsChecked = 30;

/** Creates the routes of the operations page. It works without JavaScript; with it, the page updates itself. */
export function createOperationsRoutes(server: Server, guard: Guard, questions: Questions): Hono {
  const app = new Hono();
  const show = async (c: Context, refusal?: string, status: 200 | 400 | 401 | 403 | 409 = 200) =>
    c.html(renderOperations(await readOverview(server), {isSignedIn: await guard.isSignedIn(c), refusal}), status);
  const respond = async (c: Context, work: Promise<CommandOutcome> | undefined) =>
    work ? c.redirect('/operations', 303) : show(c, 'Something is running already. Wait for it to end.', 409);

  const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const ofReport = (path: string) => join(locate('site'), path);
  const styles = ['tokens.css', 'page.css', 'figures.css'].map((name) => ofReport(`styles/${name}`));
  app.get('/operations.css', serveFiles([...styles, own('operations.css')], 'text/css; charset=utf-8'));
  app.get('/operations.js', serveFiles([own('operations.js')], 'text/javascript; charset=utf-8'));
  app.get('/favicon.svg', serveFiles([ofReport('public/favicon.svg')], 'image/svg+xml'));
  for (const [name, files] of Object.entries(fontFiles)) {
    for (const file of files) app.get(`/${file}`, serveFiles([join(locateFont(name), 'files', file)], 'font/woff2'));
  }
  app.get('/', async (c) => {
    const refusal = await guard.requireReader(c, async () => {});
    return refusal ? c.html(renderEntrance(), 401) : show(c);
  });
  app.post('/enter', async (c) => {
    if (!isSameOrigin(c)) return c.html(renderEntrance('This request comes from another site.'), 403);
    const {token} = await readForm(c);
    const isIn = await guard.enter(c, typeof token === 'string' ? token.trim() : '');
    return isIn ? c.redirect('/operations#act', 303) : c.html(renderEntrance('This token is wrong.'), 401);
  });
  app.use(guard.requireReader);
  app.get('/runs/:run{[1-9][0-9]*}', (c) =>
    c.html(renderRun(readRun(server.home, Number(c.req.param('run'))), readZone(server))),
  );
  app.get('/checks', (c) => c.html(renderChecks(readCheckHistory(server.home, runsChecked), readZone(server))));
  app.get('/checks/:name', (c, next) => {
    const found = readCheckHistory(server.home, runsChecked, c.req.param('name'));
    const check = found.find(({place}) => place === c.req.query('of'));
    return check === undefined ? next() : c.html(renderCheck(check, readZone(server)));
  });

  app.get('/plan', async (c) => {
    const request = readUsualRun(server);
    const outcome = await questions.plan(request);
    return c.html(
      renderPage(
        'What a run would do',
        html`<p class="muted">Nothing is done yet. From ${request.from}.</p>${renderOutput(outcome)}`,
      ),
    );
  });
  app.get('/changes', async (c) => {
    const outcome = await questions.changes([], '--json');
    const changes = outcome.code === 0 ? parseJson(changesSchema, outcome.stdout) : undefined;
    return c.html(
      changes
        ? renderChanges(changes, readZone(server))
        : renderPage('What changed', renderOutput(outcome), {at: '/operations/changes'}),
    );
  });
  const readLineage = async () => {
    const outcome = await questions.lineage();
    const tables = outcome.code === 0 ? parseJson(lineageSchema, outcome.stdout) : undefined;
    if (tables === undefined) throw new Failure(`The lineage can't be read. ${outcome.stderr}`);
    return tables;
  };
  app.get('/lineage', async (c) => {
    const published = await findPublished(server.home);
    return c.html(renderTables(Object.keys(published?.manifest.tables ?? {})));
  });
  app.get('/lineage/:name', async (c, next) => {
    const page = renderLineage(await readLineage(), c.req.param('name'));
    return page === undefined ? next() : c.html(page);
  });

  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      let seen = '';
      while (!stream.aborted && !stream.closed) {
        const current = computeSignature(server);
        if (current !== seen) await stream.writeSSE({event: 'change', data: ''});
        seen = current;
        await stream.sleep(pollInterval);
      }
    }),
  );

  app.post('/leave', async (c) => {
    if (!isSameOrigin(c)) return show(c, 'This request comes from another site.', 403);
    guard.leave(c);
    return c.redirect('/operations', 303);
  });
  app.post('/run', guard.requireToken, async (c) => {
    const request = parseRunForm(await readForm(c), readUsualRun(server));
    return typeof request === 'string' ? show(c, request, 400) : respond(c, server.commands.run(request, 'person'));
  });
  app.post('/rollback', guard.requireToken, async (c) => {
    const {build} = await readForm(c);
    return isBuild(build) ? respond(c, server.commands.rollback(build)) : show(c, 'There is no such build.', 400);
  });
  app.post('/stop', guard.requireToken, async (c) =>
    server.commands.stopRun()
      ? c.redirect('/operations', 303)
      : show(c, 'Nothing that was started here is running.', 409),
  );
  return app;
}

/** @throws HTTPException (400) if the body is no form */
async function readForm(c: Context): Promise<Record<string, unknown>> {
  try {
    return await c.req.parseBody();
  } catch (error) {
    throw error instanceof HTTPException ? error : new HTTPException(400, {message: 'The form is damaged.'});
  }
}

function renderOutput({code, stdout, stderr}: CommandOutcome) {
  return html`${stderr.trim() ? html`<p class="${code === 0 ? 'muted' : 'error'}">${stderr.trim()}</p>` : ''}
${stdout ? html`<pre tabindex="0" role="region" aria-label="In full">${stdout}</pre>` : ''}
<p><a href="/operations">Back</a></p>`;
}

/** Serves files, one after the other. */
function serveFiles(files: readonly string[], type: string) {
  const contents = Buffer.concat(files.map((file) => readFileSync(file)));
  return (c: Context) => c.body(contents, 200, {'Content-Type': type, 'Cache-Control': 'no-cache'});
}
