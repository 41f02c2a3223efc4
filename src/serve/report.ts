import {existsSync, realpathSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {serveStatic} from '@hono/node-server/serve-static';
import {type Context, Hono} from 'hono';
import {compress} from 'hono/compress';
import {etag} from 'hono/etag';
import type {Home} from '../home.ts';
import {renderMessagePage} from './pages/page.ts';

/** Creates the routes of the published report. Each request follows the published link again, so a new build shows at once. */
export function createReportRoutes(home: Home): Hono {
  const app = new Hono();
  app.use(compress());
  app.use(etag());
  app.get('*', async (c) => {
    if (!isRange(c.req.header('range'))) c.req.raw.headers.delete('range');
    const found = await respond(c, home);
    if (found !== undefined) return found;
    // A report that is being replaced has no files for a moment.
    await sleep(replacing);
    return (await respond(c, home)) ?? respondNotFound(c, home);
  });
  return app;
}

/** Milliseconds. */
const replacing = 50;

/** Returns whether a range can be read. One that can't, or several of them, are as good as none (RFC 9110). */
function isRange(range = ''): boolean {
  const [, start, end] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (start === undefined || end === undefined || start + end === '') return false;
  return start === '' || end === '' || Number(start) <= Number(end);
}

/** Responds with a file of the report, or the address with the slash that a page needs; undefined if there is none. */
async function respond(c: Context, home: Home): Promise<Response | undefined> {
  const root = findSite(home);
  if (root === undefined) return undefined;
  const slash = addSlash(root, c.req.path);
  if (slash !== undefined) return c.redirect(slash, 301);
  const serve = serveStatic({
    root,
    onFound: (path) => {
      const found = statSync(path, {throwIfNoEntry: false});
      if (found) c.header('ETag', `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`);
      // Names in assets/ contain a hash of the contents; everything else is revalidated.
      c.header(
        'Cache-Control',
        path.startsWith(join(root, 'assets/')) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  return (await serve(c, async () => {})) ?? undefined;
}

/** Finds the report's real folder, not the link to it, so that one request reads one build only. */
function findSite({published}: Home): string | undefined {
  try {
    return realpathSync(join(published, 'site'));
  } catch {
    return undefined;
  }
}

/** Returns the path with the slash that a page's relative links need; undefined if it needs none. */
function addSlash(root: string, path: string): string | undefined {
  if (path.endsWith('/') || /%|\\|\/\//.test(path) || path.split('/').includes('..')) return undefined;
  return existsSync(join(root, path, 'index.html')) ? `${path}/` : undefined;
}

async function respondNotFound(c: Context, home: Home) {
  const root = findSite(home);
  if (root === undefined) return respondNoReport(c, home);
  const page = await readFile(join(root, '404.html'), 'utf8').catch(() => undefined);
  return c.html(page ?? renderMessagePage('Not found', 'There is no such page in this report.'), 404);
}

function respondNoReport(c: Context, home: Home) {
  if (c.req.path !== '/') return c.html(renderMessagePage('Not found', 'There is no report yet.'), 404);
  const isPublished = existsSync(home.published);
  return c.html(
    isPublished
      ? renderMessagePage('No report yet', 'A build is published, but it has no report.')
      : renderMessagePage('Nothing is published yet', 'The report appears once a run has published a build.'),
  );
}
