// A download, as fast as it is taken.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { messageOf } from '../errors.js';

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

export interface Export {
  readonly pieces: AsyncIterable<string>;
  /** Of the file, without its extension. */
  readonly name: string;
  readonly format: keyof typeof TYPES;
  readonly log: Logger;
}

/** Rejects with what goes wrong before anything was sent; later the connection breaks: what is cut off must not look whole. */
export async function sendExport(response: Response, { pieces, name, format, log }: Export): Promise<void> {
  response.set({
    'Content-Type': TYPES[format],
    'Content-Disposition': `attachment; filename="${name}.${format}"`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    if (!response.headersSent) throw error;
    log.warn({ reason: messageOf(error) }, 'an export ended early');
    response.destroy();
  }
}
