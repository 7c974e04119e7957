// The bytes of a stored picture. They are somebody else's: the browser must take them for a picture and nothing more.
import type { Request, RequestHandler, Response } from 'express';
import type { Services } from '../context.js';
import { SIDES, shrinkPicture } from './shrinkPicture.js';

const HEADERS = {
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * GET /media/<sha256>, and with `?side=160` or 320 a copy whose shorter side is that long. Content never changes under its hash, but it may be
 * deleted: whoever has a copy asks whether it is still here, and nobody in between keeps one, nor does the server keep its small copies.
 */
export function serveMedia({ db, media, config, log }: Services): RequestHandler<{ sha256: string }> {
  return async (request, response, next) => {
    const { sha256 } = request.params;
    const image = /^[0-9a-f]{64}$/.test(sha256) ? await db.prisma.image.findUnique({ where: { sha256 } }) : null;
    if (image === null) {
      response.status(404).type('text/plain').send('no such image\n');
      return;
    }
    const file = media.store.pathOf(sha256);
    const side = SIDES.find((each) => String(each) === request.query.side);
    if (side !== undefined && side < Math.min(image.width, image.height)) {
      const sent = await sendSmall(request, response, {
        tag: `${sha256}-${side}`,
        make: () => shrinkPicture(file, { side, limits: config.media }),
      }).catch((error: unknown) => {
        // What a browser makes of the whole is its own business.
        log.warn(error, `no small copy of ${sha256} can be made`);
        return false;
      });
      if (sent) return;
    }
    response.sendFile(
      file,
      {
        headers: { 'Content-Type': image.mimeType, ...HEADERS },
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

interface Small {
  readonly tag: string;
  readonly make: () => Promise<Buffer>;
}

/** Whoever has this copy already is only told that it is still good: it is not made again. */
async function sendSmall(
  request: Request<{ sha256: string }>,
  response: Response,
  { tag, make }: Small,
): Promise<boolean> {
  const known = request.get('If-None-Match') === `"${tag}"`;
  const bytes = known ? undefined : await make();
  response.set({ ...HEADERS, ETag: `"${tag}"` });
  if (bytes === undefined) response.status(304).end();
  else response.type('image/webp').send(bytes);
  return true;
}
