// One log line per request, and an id that joins it to whatever else the request logs.
import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { scrub } from '../access/scrub.js';
import { withCause } from '../telemetry/cause.js';
import { ROUTES, type Route } from '../telemetry/definitions.js';
import { stopwatch, type Telemetry } from '../telemetry/telemetry.js';
import { readTraceparent } from '../telemetry/traceparent.js';

/**
 * Gives every request an id (its own X-Request-Id where that is a sane one; sent back as such) and a logger that carries it, measures
 * it, and has it traced. Paths are logged, queries and bodies are not.
 */
export function logRequests(log: Logger, { metrics, tracer }: Telemetry): RequestHandler {
  return (request, response, next) => {
    const requestId = saneId(request.headers['x-request-id']) ?? randomUUID();
    // Read now: a router shortens it for what it mounts.
    const { path } = request;
    const seconds = stopwatch();
    const route = routeOf(path);
    const cause = { requestId, ...readTraceparent(request.headers.traceparent) };
    const span = withCause(cause, () =>
      tracer.start(`${request.method} ${route}`, {
        kind: 'server',
        attributes: { 'http.request.method': request.method, 'http.route': route, 'hotlens.request_id': requestId },
      }),
    );
    response.locals.log = log.child({ requestId });
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const line = {
        method: request.method,
        path: scrub(path),
        status: response.statusCode,
        ms: Math.round(seconds() * 1000),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const status = statusClass(response.statusCode);
      metrics.observe('hotlens_http_request_duration_seconds', { route, status }, seconds());
      span.tell(`${request.method} ${route}`, { 'http.response.status_code': response.statusCode });
      span.end(status === '5xx' ? new Error(`status ${response.statusCode}`) : undefined);
      // Probes come every few seconds and say nothing as long as all is well.
      requestLog(response)?.[PROBES.includes(route) ? 'debug' : 'info'](line, 'request');
    });
    withCause(cause, () => span.run(next));
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

/** An id that a client gave: what may stand in a header, a log line and a label of somebody's, and looks like no secret. */
export function saneId(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === 'string' && /^[\w.:=+/@-]{1,128}$/.test(given) && scrub(given) === given ? given : undefined;
}

const PROBES: readonly Route[] = ['/healthz', '/readyz', '/metrics'];

function routeOf(path: string): Route {
  const first = `/${path.split('/')[1]}`;
  return ROUTES.find((route) => route === first) ?? 'other';
}

function statusClass(status: number) {
  return `${Math.min(5, Math.max(1, Math.floor(status / 100)))}xx` as '1xx' | '2xx' | '3xx' | '4xx' | '5xx';
}
