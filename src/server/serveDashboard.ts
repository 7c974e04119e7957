// The dashboard as it was built: one page for all of its addresses, and files whose names change with their content.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import compression from 'compression';
import express, { type Request, type RequestHandler, Router } from 'express';
import { PACKAGE_ROOT } from '../config.js';

const BUILT = path.join(PACKAGE_ROOT, 'dist/web');
/** Addresses of the dashboard (web/src/router.tsx). */
const PAGES = /^\/(?:(?:hotspots|pictures|import)\/[^/]+|search|map|alerts|reports|import|system|keys|signin)?$/;
/** The only one that is shown to whoever has no key. */
export const SIGN_IN = '/signin';

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
    ['GET', 'HEAD'].includes(request.method) && PAGES.test(request.path) && request.accepts(['html', 'json']) === 'html'
  );
}

/** What is needed to sign in: the page for it, and the scripts and styles, which are the same for everybody and say nothing of anybody. */
export function serveSignIn(): RequestHandler {
  const page = servePages({ demo: false });
  const router = Router();
  router.use(
    '/assets',
    compression(),
    express.static(path.join(BUILT, 'assets'), { immutable: true, maxAge: '1y', index: false }),
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

function servePages({ demo }: { readonly demo: boolean }): RequestHandler {
  const file = path.join(BUILT, 'index.html');
  const built = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const html = demo ? built?.replace('<html ', '<html data-demo ') : built;
  return (request, response, next) => {
    if (html === undefined || !isDashboardPage(request)) {
      next();
      return;
    }
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    });
    response.type('html').send(html);
  };
}
