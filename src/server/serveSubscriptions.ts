// GraphQL over WebSocket (the graphql-transport-ws protocol), on the same path and within the same bounds as over HTTP.

import { randomUUID } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import {
  type ExecutionArgs,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  subscribe,
} from 'graphql';
import type { Context as SocketContext } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { clientOf, placeOf } from '../access/clientOf.js';
import { type Context, createContext, type Services } from '../context.js';
import { AppError } from '../errors.js';
import { later, retryAfterHeader } from '../retryLater.js';
import { withCause } from '../telemetry/cause.js';
import { watchOperation } from '../telemetry/watchOperation.js';
import { type GateOptions, isAnswered } from './gate.js';
import { type Connection, limitClients } from './limitClients.js';
import { readOperation } from './limitOperations.js';
import { saneId } from './logRequests.js';
import { ENDED, socketCallers } from './socketCallers.js';

type Format = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

export interface SocketLimits {
  /** Connections of one client at a time. */
  readonly connections: number;
  /** Operations of one client at a time, over all its connections. */
  readonly operations: number;
  /** Bytes that may wait for a client to read them before its connection is cut. */
  readonly waitingBytes: number;
  /** A connection whose client does not answer a ping within this time, after which the next is due, is cut (ms). */
  readonly pingMs: number;
}

/** When the server ends: how long it waits for answers, as over HTTP, and how often it looks; and for clients to say goodbye (ms). */
const ANSWER_MS = 10_000;
const LOOK_MS = 20;
const GOODBYE_MS = 2000;
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
}): {
  /** Begins nothing more, lets what has begun be answered, and closes all connections. */
  close(): Promise<void>;
} {
  const { log, telemetry } = services;
  const { limits, introspection, sockets: most } = services.config.requests;
  const callers = socketCallers({ ...entrance, log });
  const clients = limitClients(most);
  const connected = new WeakMap<IncomingMessage, Connection>();
  const contexts = new Set<SocketContext>();
  let ending = false;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // What is compressed could be a bomb, and costs memory for every connection.
    perMessageDeflate: false,
    // Not in @types/ws yet.
    ...{ closeTimeout: GOODBYE_MS },
    verifyClient: (
      { req }: { req: IncomingMessage },
      answer: (ours: boolean, status?: number, message?: string, headers?: Record<string, string>) => void,
    ) => {
      isAnswered(entrance, req).then(answer, (error: unknown) => {
        const when = retryAfterHeader(error);
        if ('Retry-After' in when) answer(false, 503, 'Service Unavailable', when);
        else {
          log.error({ err: error }, 'cannot judge a connection');
          answer(false);
        }
      });
    },
  });
  http.on('upgrade', (request, socket, head) => {
    // Whoever breaks off in the middle of the handshake is no reason to end the process.
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== '/graphql') {
      socket.destroy();
      return;
    }
    const connection = clients.connect(placeOf(clientOf(request, entrance.config.trustedProxies).address), socket);
    if (connection === undefined) {
      socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    connected.set(request, connection);
    sockets.handleUpgrade(request, socket, head, (client) => {
      sockets.emit('connection', client, request);
      telemetry.metrics.set('hotlens_websocket_connections', {}, sockets.clients.size);
      client.once('close', () => telemetry.metrics.set('hotlens_websocket_connections', {}, sockets.clients.size));
      // graphql-ws writes what a client does wrong to the console; ws has ended the connection by then.
      client.removeAllListeners('error');
      client.on('error', (error) => log.debug({ reason: error.message }, 'a client broke the WebSocket protocol'));
    });
  });
  /** The id of each operation that is not refused as a message: the connection's own where its client gave one. */
  const ids = new WeakMap<object, string>();
  const mask = (requestId: string, errors: readonly GraphQLError[]) =>
    withCause({ requestId }, () => errors.map((error) => format(withCode(error), error)));
  const watched =
    <T>(run: (args: ExecutionArgs) => T) =>
    (args: ExecutionArgs): T => {
      const { requestId, operation } = args.contextValue as Context;
      return withCause({ requestId }, () => operation!.run(() => run(args)));
    };
  const server = useServer(
    {
      execute: watched(execute),
      subscribe: watched(subscribe),
      async onConnect(connection) {
        const { extra, subscriptions } = connection;
        connected.get(extra.request)!.running = () => Object.keys(subscriptions).length;
        contexts.add(connection);
        return callers.admit(connection);
      },
      onClose: (connection) => {
        contexts.delete(connection);
        callers.forget(connection);
      },
      async onSubscribe(connection, _id, payload) {
        const { query, operationName, variables } = payload;
        const { extra } = connection;
        const requestId = saneId(extra.request.headers['x-request-id']) ?? randomUUID();
        ids.set(payload, requestId);
        const operation = withCause({ requestId }, () => watchOperation(telemetry));
        const refused = (errors: readonly GraphQLError[]) => {
          operation.end('error');
          return errors;
        };
        const no = (error: AppError) => refused([new GraphQLError(error.message, { originalError: error })]);
        if (ending) return no(later('the server ends: ask again', { kind: 'UNAVAILABLE' }));
        // The connection stays where the database does not say whether he may: he is told when to ask again.
        const standing = await callers.mayGoOn(connection).catch((error: unknown) => {
          if (error instanceof AppError) return error;
          throw error;
        });
        if (standing instanceof AppError) return no(standing);
        if (!standing) return no(new AppError('UNAUTHENTICATED', ENDED));
        if (!connected.get(extra.request)!.mayRun())
          return no(new AppError('TOO_MANY_REQUESTS', `expected at most ${most.operations} operations at a time`));
        const document = readOperation({ schema, query, operationName, variables }, { limits, introspection });
        if (!('kind' in document)) return refused(document);
        const kind = getOperationAST(document, operationName)?.operation;
        if (kind !== undefined) operation.is(kind, operationName);
        const context = createContext(services, {
          caller: callers.callerOf(connection),
          requestId,
          operation,
          // Not close(): the goodbye would wait behind what the client does not read.
          disconnect: () => extra.socket.terminate(),
        });
        context.deadline.readOnly = kind !== 'mutation';
        return { schema, document, operationName, variableValues: variables, contextValue: context };
      },
      onOperation(_context, _id, _payload, { document, operationName, contextValue }, result) {
        const { deadline, operation } = contextValue as Context;
        operation!.end('errors' in result && result.errors !== undefined ? 'error' : 'ok');
        if (getOperationAST(document, operationName)?.operation !== 'subscription') deadline.end();
      },
      onNext({ extra }, _id, _payload, { contextValue }, { errors, data = null }) {
        // Answers wait in memory for a client that does not read them: beyond the limit it is given up, with what waits.
        if (extra.socket.bufferedAmount > most.waitingBytes) extra.socket.terminate();
        if (errors === undefined) return undefined;
        return { data, errors: mask((contextValue as Context).requestId, errors) };
      },
      onError: (_context, _id, payload, errors) => mask(ids.get(payload) ?? randomUUID(), errors),
    },
    sockets,
    most.pingMs,
  );

  return {
    async close() {
      ending = true;
      await answered();
      callers.close();
      await server.dispose();
    },
  };

  /** Resolves when every operation but subscriptions is answered; these are of no end. */
  async function answered(): Promise<void> {
    // graphql-ws keeps null for an operation until it has sent the answer, or has the events of a subscription.
    const isAsked = ({ subscriptions }: SocketContext) => Object.values(subscriptions).includes(null);
    for (let waited = 0; waited < ANSWER_MS && [...contexts].some(isAsked); waited += LOOK_MS)
      await setTimeout(LOOK_MS);
  }
}

function pathOf({ url }: IncomingMessage): string | undefined {
  const base = 'http://localhost';
  return URL.canParse(url ?? '/', base) ? new URL(url ?? '/', base).pathname : undefined;
}

/** Over HTTP Apollo gives GraphQL's own errors their codes; here only validation and parsing come without one. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const formatted = error.toJSON();
  if (error.originalError !== undefined || error.path !== undefined) return formatted;
  return { ...formatted, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
}
