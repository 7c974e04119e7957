// HTTP: GraphQL with its subscriptions, pictures, the page at /, and whether all that is alive and ready.
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import compression from 'compression';
import express from 'express';
import { createAccess } from './access/access.js';
import { isExposed } from './access/isExposed.js';
import { type Context, createContext, type Services } from './context.js';
import { AppError } from './errors.js';
import { formatError } from './resolvers/formatError.js';
import { createSchema } from './resolvers/index.js';
import { answerErrors } from './server/answerErrors.js';
import { answerProbes } from './server/answerProbes.js';
import { drainConnections } from './server/drainConnections.js';
import { answerOurs, callerOf, gate } from './server/gate.js';
import { limitOperations } from './server/limitOperations.js';
import { logRequests, requestIdOf } from './server/logRequests.js';
import { serveDashboard, serveSignIn } from './server/serveDashboard.js';
import { serveExports } from './server/serveExports.js';
import { serveFeeds } from './server/serveFeeds.js';
import { serveGraphqlPage } from './server/serveGraphqlPage.js';
import { serveMap } from './server/serveMap.js';
import { serveMedia } from './server/serveMedia.js';
import { serveMetrics } from './server/serveMetrics.js';
import { serveRejections } from './server/serveRejections.js';
import { serveReports } from './server/serveReports.js';
import { serveSubscriptions } from './server/serveSubscriptions.js';
import { serveImport, serveUploads } from './server/serveUploads.js';
import { session } from './server/session.js';
import { watchOperations } from './server/watchOperations.js';
import { type OperationWatch, watchOperation } from './telemetry/watchOperation.js';

export interface ServerDeps {
  readonly services: Services;
  /** What is not ready now, in words; empty: all is. The server itself adds the database. */
  readonly notReady: () => Promise<readonly string[]> | readonly string[];
  /** Lets whoever shows it in as an admin, from this machine; undefined: nothing does. */
  readonly ownerKey?: string | undefined;
}

export interface Server {
  /** Resolves when the port is taken; 0 lets the system choose. Rejects with AppError CONFIG or CONFLICT. */
  listen(options: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no more connections, lets requests end, closes subscriptions. */
  close(): Promise<void>;
}

/** Requests that carry a picture in base64 are a third longer than it; the rest is for the document and its variables. */
const bodyLimit = (maxBytes: number) => Math.ceil((maxBytes * 4) / 3) + (1 << 20);

/** Wires the routes; nothing runs before `listen`. */
export function createServer({ services, notReady, ownerKey }: ServerDeps): Server {
  const { log, config, db, telemetry } = services;
  const { requests } = config;
  const app = express();
  const http = createHttpServer(app);
  const schema = createSchema();
  const format = formatError(log);
  let started = false;
  // Until it listens nobody is answered.
  let exposed = true;
  const access = createAccess({
    pool: db.pool,
    exposed: () => exposed,
    ownerKey,
    timeoutMs: requests.timeoutMs,
    onRefused: (why) => {
      telemetry.metrics.count('hotlens_key_refusals_total', {});
      log.warn(why, 'a key was refused');
    },
  });
  // Where it listens it is always meant.
  const allowedHosts = [...config.allowedHosts, config.host.toLowerCase()];
  const entrance = { access, config: { allowedHosts, trustedProxies: config.trustedProxies } };
  const subscriptions = serveSubscriptions({ http, schema, services, format, entrance });
  const apollo = new ApolloServer<Context>({
    schema,
    formatError: format,
    csrfPrevention: true,
    // One request, one document: a batch would be a way around every bound below.
    allowBatchedHttpRequests: false,
    introspection: requests.introspection,
    hideSchemaDetailsFromClientErrors: !requests.introspection,
    parseOptions: { maxTokens: requests.limits.maxTokens },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    // Nothing here calls out: no usage reports, and no landing page that is loaded from elsewhere.
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http }),
      limitOperations(requests.limits),
      watchOperations,
    ],
    logger: {
      debug: (message) => log.debug(String(message)),
      info: (message) => log.debug(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
  });

  app.disable('x-powered-by');
  const connections = drainConnections();
  app.use(connections.handler);
  app.use(logRequests(log, telemetry));
  app.use(answerProbes({ ...entrance, pool: db.pool, notReady }));
  app.use(answerOurs(entrance));
  app.use('/session', session(entrance));
  app.use(serveSignIn());
  app.get('/feeds/:file', serveFeeds(services));
  // All that is behind it needs a key once there is one, whatever is added.
  app.use(gate(entrance));
  app.get('/metrics', serveMetrics(telemetry.metrics));
  app.get('/media/:sha256', serveMedia(services));
  app.get('/export/posts.:format', serveExports(services));
  app.use(serveMap(services));
  app.get('/export/rejections.:format', serveRejections(services));
  app.get('/reports/:file', serveReports(services));
  app.post('/import', serveImport(services));
  app.use('/uploads', serveUploads(services));
  app.use(serveDashboard({ demo: services.demo !== undefined }));
  app.use(serveGraphqlPage());

  return {
    async listen({ host, port }) {
      exposed = await isExposed(db.pool, { host, allowedHosts: config.allowedHosts });
      await apollo.start();
      started = true;
      app.use(
        '/graphql',
        compression(),
        express.json({ limit: bodyLimit(config.media.maxBytes) }),
        (_request, response, next) => {
          const operation = watchOperation(telemetry);
          response.locals.operation = operation;
          // Whatever Apollo did not answer itself.
          response.once('close', () => operation.end('error'));
          operation.run(next);
        },
        expressMiddleware(apollo, {
          context: async ({ res }) => {
            const operation = res.locals.operation as OperationWatch;
            const context = createContext(services, { caller: callerOf(res), requestId: requestIdOf(res), operation });
            res.once('close', () => context.deadline.end());
            return context;
          },
        }),
      );
      app.use((request, response) => {
        response.status(404).json({ error: `nothing is at ${request.path}: try /, /graphql, /healthz or /readyz` });
      });
      app.use(answerErrors(log));
      await new Promise<void>((resolve, reject) => {
        http.once('error', (error: NodeJS.ErrnoException) => {
          reject(
            error.code === 'EADDRINUSE'
              ? new AppError('CONFLICT', `port ${port} is in use: choose another one with --port or HOTLENS_PORT`)
              : error,
          );
        });
        http.listen(port, host, resolve);
      });
      const bound = (http.address() as AddressInfo).port;
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
    },
    async close() {
      connections.begin();
      // It listens no more and ends idle connections; WebSockets are not among them, and are ended in their own words.
      http.close();
      await subscriptions.close();
      // Lets requests end, and waits until all connections are closed.
      if (started) await apollo.stop();
    },
  };
}
