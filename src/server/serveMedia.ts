// The bytes of a stored picture. They are somebody else's: the browser must take them for a picture and nothing more.
import { readFile } from 'node:fs/promises';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Services } from '../context.js';
import type { Image } from '../db/generated/client.js';
import { AppError } from '../errors.js';
import { thumbnail } from '../ingest/thumbnail.js';
import { inTurn } from '../inTurn.js';
import { refuse } from './gate.js';
import { readParameters } from './readParameters.js';

/** Longer edges of small copies (pixels). */
const EDGES = ['160', '320', '640'] as const;
const parameters = z.object({ edge: z.enum(EDGES).transform(Number).optional() });
/** What has no more bytes is sent as it is where it is no larger than the copy would be. */
const SMALL_BYTES = 64_000;
/** Copies made at once: posts that come in need the same threads. */
const AT_ONCE = 2;

const HEADERS = {
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * GET /media/<sha256>, and /media/<sha256>?edge=320 (or 160, 640) for a copy whose longer edge has at most so many pixels. Content never changes under its
 * hash, but it may be deleted: whoever has a copy asks whether it is still here, and nobody in between keeps one. Nor do we: a browser has what it
 * was sent, and to make one takes some ten milliseconds.
 */
export function serveMedia({ config, db, media }: Services): RequestHandler<{ sha256: string }> {
  const turn = inTurn(AT_ONCE);
  return async (request, response, next) => {
    try {
      const { edge } = readParameters(parameters, request.query);
      const { sha256 } = request.params;
      const image = /^[0-9a-f]{64}$/.test(sha256) ? await db.prisma.image.findUnique({ where: { sha256 } }) : null;
      if (image === null) {
        response.status(404).type('text/plain').send('no such image\n');
        return;
      }
      const file = media.store.pathOf(sha256);
      if (edge === undefined || isSmall(image, edge)) {
        const headers = { ...HEADERS, 'Content-Type': image.mimeType };
        const options = { headers, cacheControl: false, dotfiles: 'allow', lastModified: false } as const;
        response.sendFile(file, options, (error) => {
          if (error !== undefined && !response.headersSent) next(error);
        });
        return;
      }
      response.set({ ...HEADERS, ETag: `"${sha256}-${edge}"` });
      if (request.fresh) {
        response.status(304).end();
        return;
      }
      const copy = await turn(async () =>
        // Who has scrolled on does not wait for it any more.
        response.destroyed ? undefined : thumbnail(await readFile(file), { edge, limits: config.media }),
      );
      if (copy !== undefined) response.type('image/webp').send(copy);
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) refuse(response, error);
      else next(error);
    }
  };
}

function isSmall({ width, height, bytes }: Image, edge: number): boolean {
  return Math.max(width, height) <= edge && bytes <= SMALL_BYTES;
}
