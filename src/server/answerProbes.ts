// Whether all that is alive and ready, for whoever watches the process: without a key, and then without details.
import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Router } from 'express';
import type { Pool } from 'pg';
import { clientOf } from '../access/clientOf.js';
import { credentialOf } from '../access/credentialOf.js';
import { AppError, messageOf } from '../errors.js';
import { isLocal } from './answeredHosts.js';
import type { GateOptions } from './gate.js';

/** Longest that the database may take to answer. */
const PROBE_MS = 3000;

export interface ProbeOptions extends GateOptions {
  readonly pool: Pool;
  /** What is not ready now, in words; the database is asked here. */
  readonly notReady: () => Promise<readonly string[]> | readonly string[];
}

/** GET /healthz and /readyz. */
export function answerProbes(options: ProbeOptions): Router {
  return Router()
    .get('/healthz', (_request, response) => {
      response.json({ status: 'alive' });
    })
    .get('/readyz', async (request, response) => {
      const database = await inTime(options.pool.query('SELECT 1')).then(
        () => [],
        (error: unknown) => [`database: ${messageOf(error)}`],
      );
      const reasons = [...database, ...(await options.notReady())];
      const ready = reasons.length === 0;
      const told = await inTime(mayKnow(options, request)).catch(() => false);
      response.status(ready ? 200 : 503).json(told ? { ready, reasons } : { ready });
    });
}

/** Whether it is somebody who may ask also for more. */
async function mayKnow({ access, config }: GateOptions, request: IncomingMessage): Promise<boolean> {
  const shown = credentialOf(request.headers);
  if (shown === null && (!isLocal(request) || (await access.keysNeeded()))) return false;
  return access.callerOf(shown, clientOf(request, config.trustedProxies)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError) return false;
      throw error;
    },
  );
}

/** The answer; rejects when it has had its time. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  return Promise.race([answer, late()]);
}

async function late(): Promise<never> {
  await setTimeout(PROBE_MS, undefined, { ref: false });
  throw new Error(`no answer within ${PROBE_MS} ms`);
}
