// GraphQL over WebSocket (the graphql-transport-ws protocol), on the same path as over HTTP.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { createContext, type Services } from '../context.js';
import { AppError } from '../errors.js';
import { type GateOptions, isAnswered } from './gate.js';
import { ENDED, socketCallers } from './socketCallers.js';

type Format = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Longer messages than any sensible document end the connection. */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Answers upgrades of the HTTP server. Errors are formatted and masked as over HTTP. */
export function serveSubscriptions({
  http,
  schema,
  services,
  format,
  entrance,
}: {
  readonly http: HttpServer;
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly format: Format;
  readonly entrance: GateOptions;
}): { close(): Promise<void> } {
  const { log } = services;
  const callers = socketCallers({ ...entrance, log });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    verifyClient: ({ req }: { req: IncomingMessage }, answer: (ours: boolean) => void) => {
      isAnswered(entrance, req).then(answer, (error: unknown) => {
        log.error({ err: error }, 'cannot judge a connection');
        answer(false);
      });
    },
  });
  http.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/graphql') socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  const mask = (error: GraphQLError) => format(withCode(error), error);
  const server = useServer(
    {
      schema,
      onConnect: (connection) => callers.admit(connection),
      onClose: (connection) => callers.forget(connection),
      async onSubscribe(connection) {
        if (await callers.mayGoOn(connection)) return undefined;
        return [new GraphQLError(ENDED, { originalError: new AppError('UNAUTHENTICATED', ENDED) })];
      },
      context: (connection) => createContext(services, { caller: callers.callerOf(connection) }),
      onNext(_context, _id, _payload, _args, { errors, data = null }) {
        return errors === undefined ? undefined : { data, errors: errors.map(mask) };
      },
      onError: (_context, _id, _payload, errors) => errors.map(mask),
    },
    sockets,
  );
  return {
    async close() {
      callers.close();
      await server.dispose();
    },
  };
}

/** Over HTTP Apollo gives GraphQL's own errors their codes; here only validation and parsing come without one. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const formatted = error.toJSON();
  if (error.originalError !== undefined || error.path !== undefined) return formatted;
  return { ...formatted, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
}
