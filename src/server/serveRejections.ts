// Downloads of what an import refused: GET /export/rejections.csv?import=ID and /export/rejections.ndjson.
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Services } from '../context.js';
import { importById } from '../db/importById.js';
import { AppError } from '../errors.js';
import { exportRejections } from '../reports/exportRejections.js';
import { uuidOf } from '../resolvers/ids.js';
import { refuse } from './gate.js';
import { sendExport } from './sendExport.js';

const parameters = z.strictObject({ import: z.string() });

/** Sends as fast as it is taken; who goes away ends it. */
export function serveRejections({ db, log }: Services): RequestHandler<{ format: string }> {
  return async (request, response, next) => {
    const { format } = request.params;
    if (format !== 'csv' && format !== 'ndjson') {
      next();
      return;
    }
    try {
      const given = parameters.safeParse(request.query);
      if (!given.success) throw new AppError('BAD_USER_INPUT', 'expected an import: ?import=ID');
      const importId = uuidOf(given.data.import);
      if ((await importById(db.prisma, importId)) === null)
        throw new AppError('NOT_FOUND', `there is no import ${importId}`);
      const pieces = exportRejections(db.pool, { importId, format });
      await sendExport(response, { pieces, name: 'rejections', format, log });
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) refuse(response, error);
      else next(error);
    }
  };
}
