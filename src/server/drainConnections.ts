// Connections that are kept alive, when the server ends: a request is answered, or it is not begun.
import type { Socket } from 'node:net';
import type { RequestHandler, Response } from 'express';

export interface ConnectionDrain {
  /** Comes before all that answers. */
  readonly handler: RequestHandler;
  /** From now on each answer says that its connection takes no further request. Safe to call again. */
  begin(): void;
}

/**
 * Closing a connection behind an answer crosses with the next request of a client that was not told: it would be carried out, and its
 * answer find nobody. So answers tell ("Connection: close", RFC 9112, section 9.6), and a request on a connection that has ended for
 * answers is dropped: its client sees the end, and knows nothing of it was done.
 */
export function drainConnections(): ConnectionDrain {
  let draining = false;
  /** Of each connection, the answer that comes last. */
  const underWay = new Map<Socket, Response>();
  return {
    handler({ socket }, response, next) {
      // Not destroyed: that could take an answer away that is still to be read. Its client ends it.
      if (socket.writableEnded || (draining && underWay.has(socket))) return;
      if (draining) response.setHeader('Connection', 'close');
      underWay.set(socket, response);
      response.once('close', () => {
        if (underWay.get(socket) === response) underWay.delete(socket);
      });
      next();
    },
    begin() {
      draining = true;
      for (const response of underWay.values()) if (!response.headersSent) response.setHeader('Connection', 'close');
    },
  };
}
