// One log line per request, and an id that joins it to whatever else the request logs.
import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';

/** Gives every request an id (sent back as X-Request-Id) and a logger that carries it. Paths are logged, queries and bodies are not. */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const requestId = randomUUID();
    // Read now: a router shortens it for what it mounts.
    const { path } = request;
    const started = performance.now();
    response.locals.log = log.child({ requestId });
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const line = {
        method: request.method,
        path,
        status: response.statusCode,
        ms: Math.round(performance.now() - started),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      // Probes come every few seconds and say nothing as long as all is well.
      const probe = path === '/healthz' || path === '/readyz';
      requestLog(response)?.[probe ? 'debug' : 'info'](line, 'request');
    });
    next();
  };
}

/** The logger of the request that is being answered. */
export function requestLog({ locals }: Pick<Response, 'locals'>): Logger | undefined {
  return locals.log as Logger | undefined;
}

/** The id of the request that is being answered. */
export function requestIdOf({ locals }: Pick<Response, 'locals'>): string | undefined {
  return locals.requestId as string | undefined;
}
