// The dashboard as it was built: a page for each kind of address, with what it looks like before any script, and files whose names change with
// their content. All of it lies there compressed (scripts/webPages.js).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { PACKAGE_ROOT } from '../config.js';

const BUILT = path.join(PACKAGE_ROOT, 'dist/web');
/** Addresses of the dashboard (web/src/router.tsx), by the pages that answer them. */
const PAGES = {
  Now: /^\/$/,
  Hotspot: /^\/hotspots\/[^/]+$/,
  Picture: /^\/pictures\/[^/]+$/,
  Search: /^\/search$/,
  Map: /^\/map$/,
  Alerts: /^\/alerts$/,
  Reports: /^\/reports$/,
  Import: /^\/import$/,
  OneImport: /^\/import\/[^/]+$/,
  System: /^\/system$/,
  Keys: /^\/keys$/,
  SignIn: /^\/signin$/,
} as const;
type PageName = keyof typeof PAGES;
/** The only one that is shown to whoever has no key. */
export const SIGN_IN = '/signin';

/** Best first, with how their files end. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;
type Encoding = keyof typeof ENCODINGS;

/** Its own scripts, styles, pictures and connections, and nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether one of the dashboard's pages is asked for, by a browser or by whoever takes anything. */
export function isDashboardPage(request: Request): boolean {
  return (
    ['GET', 'HEAD'].includes(request.method) &&
    pageAt(request.path) !== undefined &&
    request.accepts(['html', 'json']) === 'html'
  );
}

/** What is needed to sign in: the page for it, and the scripts and styles, which are the same for everybody and say nothing of anybody. */
export function serveSignIn(): RequestHandler {
  const page = servePages({ demo: false });
  const router = Router();
  router.use(
    '/assets',
    serveAssets(),
    (_request, response) => void response.status(404).type('text').send('no such file\n'),
  );
  router.use((request, response, next) => {
    if (request.path === SIGN_IN) page(request, response, next);
    else next();
  });
  return router;
}

/** The pages, behind the gate. Those of a demo say so before they have asked, and keep the room for what is said of it. */
export function serveDashboard({ demo }: { readonly demo: boolean }): RequestHandler {
  return servePages({ demo });
}

function pageAt(where: string): PageName | undefined {
  return (Object.keys(PAGES) as PageName[]).find((name) => PAGES[name].test(where));
}

function serveAssets(): RequestHandler {
  const folder = path.join(BUILT, 'assets');
  const built = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const send = express.static(folder, { immutable: true, maxAge: '1y', index: false });
  return (request, response, next) => {
    const name = request.path.slice(1);
    const encoding = built.has(`${name}.br`) ? chooseEncoding(request, response) : undefined;
    if (encoding !== undefined) {
      request.url = `/${name}${ENCODINGS[encoding]}`;
      // By the name of the file itself.
      response.type(path.extname(name));
    }
    send(request, response, next);
  };
}

function servePages({ demo }: { readonly demo: boolean }): RequestHandler {
  const pages = new Map(
    (Object.keys(PAGES) as PageName[]).flatMap((name) => {
      const file = path.join(BUILT, 'pages', `${name}${demo ? '.demo' : ''}.html`);
      if (!existsSync(file)) return [];
      const [plain, br, gzip] = ['', ...Object.values(ENCODINGS)].map((ending) => readFileSync(file + ending));
      return [[name, { plain, br, gzip }] as const];
    }),
  );
  return (request, response, next) => {
    const page = isDashboardPage(request) && pages.get(pageAt(request.path)!);
    if (!page) {
      next();
      return;
    }
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    });
    response.type('html').send(page[chooseEncoding(request, response) ?? 'plain']);
  };
}

/** The best that is taken, which the answer is said to be in; undefined: none. */
function chooseEncoding(request: Request, response: Response): Encoding | undefined {
  response.vary('Accept-Encoding');
  // One by one: asked for all, express answers what stands first in the header.
  const encoding = (Object.keys(ENCODINGS) as Encoding[]).find((each) => request.acceptsEncodings(each) !== false);
  if (encoding !== undefined) response.set('Content-Encoding', encoding);
  return encoding;
}
