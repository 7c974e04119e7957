// What goes wrong before GraphQL takes over: bodies that are too long or no JSON, and anything unforeseen.
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { requestIdOf, requestLog } from './logRequests.js';

/** Answers in the form of a GraphQL error; what is not the client's doing is masked behind an id that is in the log. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  return (error: { status?: number; expose?: boolean; message?: string; code?: string }, _request, response, next) => {
    // Whoever asked has gone (express, of a file that it was sending): nobody is there to be answered, and nothing went wrong.
    if (error.code === 'ECONNABORTED' && response.destroyed) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = error.status ?? 500;
    const requestId = requestIdOf(response);
    if (status < 500 && error.expose === true) {
      const extensions = { code: 'BAD_REQUEST', requestId };
      // What was set for a picture must not stay on the refusal of a part of it: its type, and to be kept for ever.
      response.removeHeader('Content-Type');
      response.removeHeader('Cache-Control');
      response.status(status).json({ errors: [{ message: error.message ?? 'bad request', extensions }] });
      return;
    }
    const id = randomUUID();
    (requestLog(response) ?? log).error({ err: error, errorId: id }, 'internal error');
    const extensions = { code: 'INTERNAL', id, requestId };
    response.status(500).json({ errors: [{ message: `Internal error ${id}`, extensions }] });
  };
}
