// The pages of web/: self-contained, and forbidden to load anything from elsewhere.
import path from 'node:path';
import type { RequestHandler } from 'express';
import { PACKAGE_ROOT } from '../config.js';

const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves one file of web/. */
export function servePage(file: string): RequestHandler {
  return (_request, response, next) => {
    response.sendFile(
      path.join(PACKAGE_ROOT, 'web', file),
      {
        headers: {
          'Content-Security-Policy': POLICY,
          'X-Content-Type-Options': 'nosniff',
          'Cache-Control': 'no-cache',
        },
        dotfiles: 'allow',
      },
      (error) => {
        if (error !== undefined && !response.headersSent) next(error);
      },
    );
  };
}
