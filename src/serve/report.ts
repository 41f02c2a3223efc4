import {existsSync, realpathSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {serveStatic} from '@hono/node-server/serve-static';
import {type Context, Hono} from 'hono';
import {compress} from 'hono/compress';
import {etag} from 'hono/etag';
import type {Home} from '../home.ts';
import {plainPage} from './page.ts';

/** The report of the published build. The published link is followed anew for each request, so a switch shows at once. */
export function reportRoutes(home: Home): Hono {
  const app = new Hono();
  app.use(compress());
  app.use(etag());
  app.get('*', async (c) => {
    const root = siteOf(home);
    if (root === undefined) return noReport(c, home);
    const slash = folderWithoutSlash(root, c.req.path);
    if (slash !== undefined) return c.redirect(slash, 301);
    const serve = serveStatic({
      root,
      onFound: (path) => {
        const {size, mtimeMs} = statSync(path);
        c.header('ETag', `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`);
        // A hash of the contents is in these names; everything else is asked for again.
        c.header(
          'Cache-Control',
          path.startsWith(join(root, 'assets/')) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
    return (await serve(c, async () => {})) ?? notFound(c, root);
  });
  return app;
}

/** The folder of the report itself, not the link to it: a request that has begun with one build ends with it. */
function siteOf({published}: Home): string | undefined {
  try {
    return realpathSync(join(published, 'site'));
  } catch {
    return undefined;
  }
}

/** Relative links of a page hold only from within its folder. */
function folderWithoutSlash(root: string, path: string): string | undefined {
  if (path.endsWith('/') || /%|\\|\/\//.test(path) || path.split('/').includes('..')) return undefined;
  return existsSync(join(root, path, 'index.html')) ? `${path}/` : undefined;
}

async function notFound(c: Context, root: string) {
  const page = await readFile(join(root, '404.html'), 'utf8').catch(() => undefined);
  return c.html(page ?? plainPage('Not found', 'There is no such page in this report.'), 404);
}

function noReport(c: Context, home: Home) {
  if (c.req.path !== '/') return c.html(plainPage('Not found', 'There is no report here yet.'), 404);
  const isPublished = existsSync(home.published);
  return c.html(
    isPublished
      ? plainPage('No report yet', 'A build is published, but no report has been made of it.')
      : plainPage('Nothing is published yet', 'The report is here once a run has published a build.'),
  );
}
