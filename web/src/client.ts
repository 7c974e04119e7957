// The GraphQL client: queries over HTTP, subscriptions over one WebSocket that comes back by itself.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { connection } from './connection.js';
import { refused } from './signIn.js';

/** Of a socket whose key is not, or no longer, valid. */
const UNAUTHORIZED = 4401;

const signedOut = new ErrorLink(({ error }) => {
  const known = ServerError.is(error)
    ? error.statusCode === 401
    : CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  if (known) refused();
});

let socket: SocketClient | undefined;

/** Ends the socket, which comes back at once, as whoever is signed in by then. */
export function connectAgain(): void {
  socket?.terminate();
}

export function createGraphqlClient(): ApolloClient {
  socket = createClient({
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
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION;
  return new ApolloClient({
    link: ApolloLink.from([
      signedOut,
      ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: '/graphql' })),
    ]),
    cache: new InMemoryCache({
      typePolicies: {
        Image: { keyFields: ['sha256'] },
        // Parts of what they are in: they have no identity.
        Detection: { keyFields: false },
        Caller: { keyFields: false },
        Demo: { keyFields: false },
        CaptionMap: { keyFields: false },
        MapHotspot: { keyFields: false },
        MapPicture: { keyFields: ['number'] },
        Limits: { keyFields: false },
        ImportPictures: { keyFields: false },
        PictureProblem: { keyFields: false },
        HotspotPicture: { keyFields: false },
        HotspotOpinion: { keyFields: false, merge: true },
      },
    }),
  });
}
