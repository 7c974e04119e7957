// Browsers exchange a key for a cookie that no script can read and no other site can send.
import express, { type RequestHandler, Router } from 'express';
import { clientOf } from '../access/clientOf.js';
import { credentialOf, SESSION_COOKIE, sessionToken } from '../access/credentialOf.js';
import { AppError } from '../errors.js';
import { type GateOptions, refuse } from './gate.js';

const MAX_BODY_BYTES = 4096;

/** POST with {"key"} begins a session, GET tells whose it is, DELETE ends it. */
export function session({ access, config }: GateOptions): Router {
  const begin: RequestHandler = async (request, response) => {
    const { key } = (request.body ?? {}) as { key?: unknown };
    // Only as JSON: a form of another site could send any other type.
    if (!request.is('application/json') || typeof key !== 'string')
      throw new AppError('BAD_USER_INPUT', 'expected a JSON body such as {"key": "hotlens_..."}');
    const client = clientOf(request, config.trustedProxies);
    const { token, caller, expiresAt } = await access.signIn(key.trim(), client);
    response.cookie(SESSION_COOKIE, token, {
      httpOnly: true,
      sameSite: 'strict',
      secure: client.secure,
      path: '/',
      expires: expiresAt,
    });
    response.setHeader('Cache-Control', 'no-store');
    response.status(201).json({ name: caller.name, role: caller.role, expiresAt });
  };
  const show: RequestHandler = async (request, response) => {
    const shown = credentialOf(request.headers);
    const { name, role } = await access.callerOf(shown, clientOf(request, config.trustedProxies));
    response.setHeader('Cache-Control', 'no-store');
    response.json({ name, role });
  };
  const end: RequestHandler = async (request, response) => {
    const token = sessionToken(request.headers.cookie);
    if (token !== undefined) await access.signOut(token);
    response.clearCookie(SESSION_COOKIE, { path: '/' }).status(204).end();
  };
  return Router()
    .post('/', express.json({ limit: MAX_BODY_BYTES }), told(begin))
    .get('/', told(show))
    .delete('/', told(end));
}

/** What a client may read is answered as such. */
function told(handler: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(response, error);
    }
  };
}
