// The bytes of a stored picture. They are somebody else's: the browser must take them for a picture and nothing more.
import type { RequestHandler } from 'express';
import type { Services } from '../context.js';
import { callerOf } from './gate.js';

/** GET /media/<sha256>: content never changes under its hash, so it may be cached for ever. */
export function serveMedia({ db, media }: Services): RequestHandler<{ sha256: string }> {
  return async (request, response, next) => {
    const { sha256 } = request.params;
    const image = /^[0-9a-f]{64}$/.test(sha256) ? await db.prisma.image.findUnique({ where: { sha256 } }) : null;
    if (image === null) {
      response.status(404).type('text/plain').send('no such image\n');
      return;
    }
    response.sendFile(
      media.store.pathOf(sha256),
      {
        headers: {
          'Content-Type': image.mimeType,
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "sandbox; default-src 'none'",
          'Cross-Origin-Resource-Policy': 'same-origin',
          // Whoever stands between must not hand on what a key was needed for.
          'Cache-Control': `${callerOf(response).by === 'nothing' ? 'public' : 'private'}, max-age=31536000, immutable`,
        },
        cacheControl: false,
        dotfiles: 'allow',
        lastModified: false,
      },
      (error) => {
        if (error !== undefined && !response.headersSent) next(error);
      },
    );
  };
}
