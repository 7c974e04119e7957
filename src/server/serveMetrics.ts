// What Prometheus asks for.
import type { RequestHandler } from 'express';
import type { Metrics } from '../telemetry/metrics.js';

/** GET /metrics. */
export function serveMetrics(metrics: Metrics): RequestHandler {
  return async (_request, response) => {
    const { contentType, text } = await metrics.scrape();
    response.setHeader('Content-Type', contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.end(text);
  };
}
