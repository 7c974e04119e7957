// Downloads of posts: GET /export/posts.csv and /export/posts.ndjson, with the filter of `posts` as parameters.
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Services } from '../context.js';
import { mapArea } from '../db/map/mapArea.js';
import type { PostsFilter } from '../db/postsPage.js';
import { AppError } from '../errors.js';
import { exportPosts } from '../reports/exportPosts.js';
import { hotspotIdOf, languageTags } from '../resolvers/ids.js';
import { refuse } from './gate.js';
import { readParameters } from './readParameters.js';
import { sendExport } from './sendExport.js';

const moment = z.coerce.date().optional();
/** The database can't hold NUL. */
const text = z
  .string()
  .min(1)
  .max(1000)
  .refine((value) => !value.includes('\0'), 'NUL characters are not allowed')
  .optional();
const parameters = z.strictObject({
  since: moment,
  until: moment,
  source: text,
  author: text,
  text,
  hotspot: text,
  area: z.string().max(5000).optional(),
  /** Several have commas between them. */
  language: z.string().max(200).optional(),
  picture: z.enum(['true', 'false']).optional(),
});

/** Sends as fast as it is taken; who goes away ends it. */
export function serveExports({ db, log }: Services): RequestHandler<{ format: string }> {
  return async (request, response, next) => {
    const { format } = request.params;
    if (format !== 'csv' && format !== 'ndjson') {
      next();
      return;
    }
    try {
      const { hotspot, picture, area, language, ...rest } = readParameters(parameters, request.query);
      const filter: PostsFilter = {
        ...rest,
        ...(hotspot !== undefined && { hotspotId: hotspotIdOf(hotspot) }),
        ...(language !== undefined && { language: languageTags(language.split(',')) }),
        ...(area !== undefined && { area: await mapArea(db.pool, area) }),
        ...(picture !== undefined && { hasImage: picture === 'true' }),
      };
      await sendExport(response, { pieces: exportPosts(db.pool, { filter, format }), name: 'posts', format, log });
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) refuse(response, error);
      else next(error);
    }
  };
}
