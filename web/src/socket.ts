// The socket that subscriptions come over, which comes back by itself.
import type { ApolloLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { connection } from './connection.js';
import { refused } from './signIn.js';

/** Of a socket whose key is not, or no longer, valid. */
const UNAUTHORIZED = 4401;

export function createSocketLink(): ApolloLink {
  const socket = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: true,
    // A server that is started anew is found again, at the latest after half a minute.
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (tries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2))),
    keepAlive: 10_000,
    on: {
      connected: () => connection.set('live'),
      closed: (event) => {
        connection.set('lost');
        if ((event as { code?: number } | undefined)?.code === UNAUTHORIZED) refused({ socket: true });
      },
    },
  });
  connection.endedBy(() => socket.terminate());
  return new GraphQLWsLink(socket);
}
