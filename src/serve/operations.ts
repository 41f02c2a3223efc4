import {readFileSync} from 'node:fs';
import {type Context, Hono} from 'hono';
import {html} from 'hono/html';
import {streamSSE} from 'hono/streaming';
import {readRun} from '../runs/history.ts';
import type {Ended} from './commands.ts';
import {type Guard, isSameOrigin, tooMany} from './guard.ts';
import {operationsPage} from './operations-page.ts';
import {readOverview, type Server, signature, usualRun} from './overview.ts';
import {page} from './page.ts';
import type {Questions} from './questions.ts';
import {isBuild, parseRunForm} from './requests.ts';
import {runPage} from './run-page.ts';

/** How often the ledger is looked at while somebody watches. Milliseconds. */
const glance = 500;

/** The operations page for people: it works without JavaScript, and moves with it. */
export function operationsRoutes(server: Server, guard: Guard, questions: Questions): Hono {
  const app = new Hono();
  const show = async (c: Context, refusal?: string, status: 200 | 400 | 401 | 403 | 409 | 429 = 200) =>
    c.html(operationsPage(await readOverview(server), {isIn: await guard.isIn(c), refusal}), status);
  const asked = async (c: Context, work: Promise<Ended> | undefined) =>
    work ? c.redirect('/operations', 303) : show(c, 'Something is running already. Wait for it to end.', 409);

  app.get('/', (c) => show(c));
  app.get('/operations.css', asset('operations.css', 'text/css'));
  app.get('/operations.js', asset('operations.js', 'text/javascript'));
  app.get('/runs/:run{[1-9][0-9]*}', (c) => c.html(runPage(readRun(server.home, Number(c.req.param('run'))))));

  app.get('/plan', async (c) => {
    const {stdout, stderr, code} = await questions.plan(usualRun(server));
    return c.html(
      page(
        'What a run would do',
        html`<p class="muted">Nothing of it is done. From ${usualRun(server).from}.</p>${told(code, stdout, stderr)}`,
      ),
    );
  });
  app.get('/changes', async (c) => {
    const {stdout, stderr, code} = await questions.changes([]);
    return c.html(page('What changed', told(code, stdout, stderr)));
  });

  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      let seen = '';
      while (!stream.aborted && !stream.closed) {
        const current = signature(server);
        if (current !== seen) await stream.writeSSE({event: 'change', data: ''});
        seen = current;
        await stream.sleep(glance);
      }
    }),
  );

  app.post('/enter', async (c) => {
    if (!isSameOrigin(c)) return show(c, 'This request comes from another site.', 403);
    const {token} = await c.req.parseBody();
    const result = await guard.enter(c, typeof token === 'string' ? token.trim() : '');
    if (result === 'in') return c.redirect('/operations#act', 303);
    return result === 'wrong' ? show(c, 'This is not the token.', 401) : show(c, tooMany, 429);
  });
  app.post('/leave', (c) => {
    guard.leave(c);
    return c.redirect('/operations', 303);
  });
  app.post('/run', guard.doing, async (c) => {
    const request = parseRunForm(await c.req.parseBody(), usualRun(server));
    return typeof request === 'string' ? show(c, request, 400) : asked(c, server.commands.run(request, 'person'));
  });
  app.post('/rollback', guard.doing, async (c) => {
    const {build} = await c.req.parseBody();
    return isBuild(build) ? asked(c, server.commands.rollback(build)) : show(c, 'There is no such build.', 400);
  });
  return app;
}

function told(code: number, stdout: string, stderr: string) {
  return html`${stderr.trim() ? html`<p class="${code === 0 ? 'muted' : 'error'}">${stderr.trim()}</p>` : ''}
${stdout ? html`<pre tabindex="0" role="region" aria-label="In full">${stdout}</pre>` : ''}
<p><a href="/operations">Back</a></p>`;
}

function asset(name: string, type: string) {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  return (c: Context) => c.body(text, 200, {'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache'});
}
