// The metrics of a worker that has no API: nothing but them and the probes, behind the same gate.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createAccess } from '../access/access.js';
import { isExposed } from '../access/isExposed.js';
import type { Services } from '../context.js';
import { AppError } from '../errors.js';
import { answerErrors } from './answerErrors.js';
import { answerProbes } from './answerProbes.js';
import { answerOurs, gate, refuse } from './gate.js';
import { logRequests } from './logRequests.js';
import { serveMetrics } from './serveMetrics.js';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly services: Pick<Services, 'config' | 'db' | 'log' | 'telemetry'>;
  /** As of the API: what is not ready now, in words. */
  readonly notReady: () => Promise<readonly string[]>;
}

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens. Rejects with AppError CONFIG where others than this machine could reach it and there are no keys, or CONFLICT where the port is in use. */
export async function startMetricsServer({
  host,
  port,
  services,
  notReady,
}: MetricsServerOptions): Promise<MetricsServer> {
  const { config, db, log, telemetry } = services;
  const variable = 'HOTLENS_METRICS_HOST';
  const exposed = await isExposed(db.pool, { host, variable, allowedHosts: config.allowedHosts });
  const access = createAccess({
    pool: db.pool,
    exposed: () => exposed,
    ownerKey: undefined,
    timeoutMs: config.requests.timeoutMs,
    onRefused: (why) => {
      telemetry.metrics.count('hotlens_key_refusals_total', {});
      log.warn(why, 'a key was refused');
    },
  });
  const allowedHosts = [...config.allowedHosts, host.toLowerCase()];
  const entrance = { access, config: { allowedHosts, trustedProxies: config.trustedProxies } };
  const app = express()
    .disable('x-powered-by')
    .use(logRequests(log, telemetry))
    .use(answerProbes({ ...entrance, pool: db.pool, notReady }))
    .use(answerOurs(entrance))
    .use(gate(entrance, (_request, response) => refuse(response, new AppError('UNAUTHENTICATED', 'a key is needed'))))
    .get('/metrics', serveMetrics(telemetry.metrics))
    .use(
      (_request, response) => void response.status(404).json({ error: 'only /metrics, /healthz and /readyz are here' }),
    )
    .use(answerErrors(log));
  const http = createServer(app);
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = `port ${port} is in use: choose another one with HOTLENS_METRICS_PORT`;
      reject(error.code === 'EADDRINUSE' ? new AppError('CONFLICT', inUse) : error);
    });
    http.listen(port, host, resolve);
  });
  const bound = (http.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeIdleConnections();
      await closed;
    },
  };
}
