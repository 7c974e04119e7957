// The files of reports that were made: GET /reports/RUN.html, .pdf and .json.
import type { RequestHandler } from 'express';
import type { Services } from '../context.js';
import { reportRunById } from '../db/reports/reportRuns.js';
import { AppError } from '../errors.js';
import { fileOfRun } from '../reports/archive.js';
import { uuidOf } from '../resolvers/ids.js';
import { refuse } from './gate.js';

const TYPES = {
  html: { format: 'HTML', type: 'text/html; charset=utf-8' },
  pdf: { format: 'PDF', type: 'application/pdf' },
  json: { format: 'JSON', type: 'application/json; charset=utf-8' },
} as const;

/** Other people's words and pictures in a page of ours: it runs nothing, loads nothing, and is nowhere within another. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/** `?download` gives a file to keep. Nobody in between keeps one: what it shows may be deleted. */
export function serveReports({ db, config, media, publicUrl }: Services): RequestHandler<{ file: string }> {
  return async (request, response, next) => {
    const [, id, extension] = /^(.+)\.(html|pdf|json)$/.exec(request.params.file) ?? [];
    if (id === undefined) {
      next();
      return;
    }
    try {
      const { format, type } = TYPES[extension as keyof typeof TYPES];
      const run = await reportRunById(db.pool, uuidOf(id));
      if (run === null) throw new AppError('NOT_FOUND', `there is no report ${id}`);
      const archive = { pool: db.pool, config, media: media.store, baseUrl: publicUrl() };
      const bytes = await fileOfRun(archive, { id: run.id, format });
      const name = `hotlens-report-${run.until.toISOString().slice(0, 16).replace(':', '')}Z.${extension}`;
      const disposition = request.query.download === undefined ? 'inline' : 'attachment';
      response.set({
        'Content-Type': type,
        'Content-Disposition': `${disposition}; filename="${name}"`,
        'Content-Security-Policy': format === 'HTML' ? POLICY : "default-src 'none'",
        'Cache-Control': 'private, no-store',
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      response.send(bytes);
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) refuse(response, error);
      else next(error);
    }
  };
}
