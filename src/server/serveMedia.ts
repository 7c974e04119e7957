// The bytes of a stored picture. They are somebody else's: the browser must take them for a picture and nothing more.
import type { RequestHandler } from 'express';
import type { Services } from '../context.js';

/**
 * GET /media/<sha256>. Content never changes under its hash, but it may be deleted: whoever has a copy asks whether it is still here, and
 * nobody in between keeps one.
 */
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
          'Cache-Control': 'private, no-cache',
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "sandbox; default-src 'none'",
          'Cross-Origin-Resource-Policy': 'same-origin',
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
