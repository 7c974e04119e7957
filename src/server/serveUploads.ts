// Files of posts, and the pictures beside them, on their way in: POST /import for one file in one piece, /uploads for more, or for what may break off.
//
// An upload's files come piece by piece, each piece with the place that it belongs to, much as in the tus protocol: whoever was broken off asks
// how much of a file is here, and goes on there. POST /uploads/ID/read says that all is here.
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { reaches } from '../access/role.js';
import type { Services } from '../context.js';
import { insertAuditEvent } from '../db/access/auditEvents.js';
import { AppError, messageOf } from '../errors.js';
import { retryLater } from '../retryLater.js';
import { acceptUpload } from './acceptUpload.js';
import { callerOf, refuse } from './gate.js';
import { requestIdOf } from './logRequests.js';
import { readParameters } from './readParameters.js';

const MAX_JSON_BYTES = 4096;
const source = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'control characters are not allowed')
  .nullish();
const single = z.strictObject({ name: z.string(), source });
const place = z.strictObject({ name: z.string() });
const whole = z.strictObject({ source, bytes: z.int().min(0).nullish() });

/** POST /import?name=FILE[&source=NAME] with the file as its body; 202 with the import that it became. */
export function serveImport(services: Services): RequestHandler {
  const { uploads, admission } = services;
  return answered(services, async (request, response) => {
    const { name, source: from } = readParameters(single, request.query);
    checkLength(request, services);
    await admission.check();
    const uploadId = await uploads.create();
    try {
      const bytes = await uploads.append({ id: uploadId, name, offset: 0 }, bodyOf(request));
      await accept(services, { uploadId, source: from, bytes, request, response });
    } catch (error) {
      // Nobody knows its id: what came of it can't be gone on with.
      await uploads.remove(uploadId);
      throw error;
    }
  });
}

/** What is below /uploads. */
export function serveUploads(services: Services): Router {
  const { uploads, admission } = services;
  const router = Router();
  router.post(
    '/',
    answered(services, async (_request, response) => {
      await admission.check();
      response.status(201).json({ id: await uploads.create(), maxBytes: services.config.uploadMaxBytes });
    }),
  );
  router.head(
    '/:id/file',
    answered(services, async (request, response) => {
      const { name } = readParameters(place, request.query);
      response.set('Upload-Offset', String(await uploads.sizeOf(idOf(request), name))).end();
    }),
  );
  router.patch(
    '/:id/file',
    answered(services, async (request, response) => {
      const { name } = readParameters(place, request.query);
      const given = request.headers['upload-offset'];
      if (typeof given !== 'string' || !/^\d{1,15}$/.test(given))
        throw new AppError('BAD_USER_INPUT', 'expected a header such as Upload-Offset: 0');
      checkLength(request, services);
      const at = { id: idOf(request), name, offset: Number(given) };
      const bytes = await uploads.append(at, bodyOf(request));
      response.status(204).set('Upload-Offset', String(bytes)).end();
    }),
  );
  router.post(
    '/:id/read',
    express.json({ limit: MAX_JSON_BYTES }),
    answered(services, async (request, response) => {
      const { source: from, bytes } = readParameters(whole, request.body ?? {});
      await admission.check();
      await accept(services, { uploadId: idOf(request), source: from, bytes, request, response });
    }),
  );
  router.delete(
    '/:id',
    answered(services, async (request, response) => {
      await uploads.giveUp(idOf(request));
      response.status(204).end();
    }),
  );
  return router;
}

interface Accepting {
  readonly uploadId: string;
  readonly source: string | null | undefined;
  readonly bytes: number | null | undefined;
  readonly request: Request;
  readonly response: Response;
}

async function accept(services: Services, { uploadId, source: from, bytes, response }: Accepting): Promise<void> {
  const imports = await acceptUpload(services, {
    uploadId,
    source: from ?? null,
    bytes: bytes ?? null,
    caller: callerOf(response),
    requestId: requestIdOf(response) ?? '',
  });
  response.status(202).json({ imports });
}

/** For analysts; what a client may read is answered as such, and what it still sends is read and dropped, or it would not read the answer. */
function answered(
  { db, log }: Services,
  handler: (request: Request, response: Response) => Promise<void>,
): RequestHandler {
  return async (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    try {
      const caller = callerOf(response);
      if (!reaches(caller.role, 'ANALYST')) {
        const refusal = new AppError('FORBIDDEN', 'this needs the role analyst');
        await insertAuditEvent(db.pool, {
          keyId: caller.keyId,
          actor: caller.name,
          action: 'import',
          target: null,
          before: null,
          after: null,
          outcome: 'DENIED',
          reason: `${refusal.code}: ${refusal.message}`,
          requestId: requestIdOf(response) ?? '',
        });
        throw refusal;
      }
      await handler(request, response);
    } catch (error) {
      if (request.destroyed && !request.complete) {
        log.info({ reason: messageOf(error) }, 'an upload broke off');
        return;
      }
      const told = error instanceof AppError ? error : retryLater(error);
      if (told === undefined) {
        next(error);
        return;
      }
      refuse(response, told);
      request.resume();
    }
  };
}

function idOf(request: Request): string {
  return String(request.params.id).toLowerCase();
}

/** Not ended with its reader: whoever is refused has to learn why over the same connection. */
function bodyOf(request: Request): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

function checkLength(request: Request, { config }: Services): void {
  if (Number(request.headers['content-length'] ?? 0) > config.uploadMaxBytes)
    throw new AppError('TOO_LARGE', `an upload may have ${config.uploadMaxBytes} bytes (HOTLENS_UPLOAD_MAX_BYTES)`);
}
