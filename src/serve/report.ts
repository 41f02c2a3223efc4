import {existsSync, realpathSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {serveStatic} from '@hono/node-server/serve-static';
import {type Context, Hono} from 'hono';
import {compress} from 'hono/compress';
import {etag} from 'hono/etag';
import type {Home} from '../home.ts';
import {renderMessagePage} from './page.ts';

/** Creates the routes of the published report. Each request follows the published link again, so a new build shows at once. */
export function createReportRoutes(home: Home): Hono {
  const app = new Hono();
  app.use(compress());
  app.use(etag());
  app.get('*', async (c) => {
    const root = findSite(home);
    if (root === undefined) return respondNoReport(c, home);
    const slash = addSlash(root, c.req.path);
    if (slash !== undefined) return c.redirect(slash, 301);
    const serve = serveStatic({
      root,
      onFound: (path) => {
        const {size, mtimeMs} = statSync(path);
        c.header('ETag', `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`);
        // Names in assets/ contain a hash of the contents; everything else is revalidated.
        c.header(
          'Cache-Control',
          path.startsWith(join(root, 'assets/')) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
    return (await serve(c, async () => {})) ?? respondNotFound(c, root);
  });
  return app;
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

async function respondNotFound(c: Context, root: string) {
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
