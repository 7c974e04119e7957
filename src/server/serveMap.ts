// GET /map/points: the places of all pictures of a span of time, as bytes (mapBytes.ts).
import compression from 'compression';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Services } from '../context.js';
import { readMap } from '../db/map/readMap.js';
import { AppError } from '../errors.js';
import { MAP_HOURS } from '../resolvers/map.js';
import { refuse } from './gate.js';
import { mapBytes } from './mapBytes.js';
import { readParameters } from './readParameters.js';

const moment = z.coerce.date().optional();
const parameters = z.strictObject({
  since: moment,
  until: moment,
  hours: z.coerce.number().int().min(1).max(MAP_HOURS).optional(),
});

/** Its ETag is that of the map's version: nothing is sent where nothing has changed. Parameters as those of the query `map`. */
export function serveMap({ db }: Services): RequestHandler {
  const router = Router();
  // By its type compression would not know that these bytes can be made fewer.
  router.get('/map/points', compression({ filter: () => true }), async (request, response, next) => {
    try {
      const { since = null, until = null, hours = null } = readParameters(parameters, request.query);
      const map = await readMap(db.pool, { since, until, hours });
      response.set({
        ETag: `W/"${map.version}-${map.since.getTime()}-${map.until.getTime()}"`,
        // Asked for each time: what was deleted is gone from here too.
        'Cache-Control': 'private, no-cache',
        'X-Content-Type-Options': 'nosniff',
      });
      if (request.fresh) {
        response.status(304).end();
        return;
      }
      response.type('application/vnd.hotlens.map').send(mapBytes(map));
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) refuse(response, error);
      else next(error);
    }
  });
  return router;
}
