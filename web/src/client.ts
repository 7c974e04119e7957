// The GraphQL client: queries over HTTP, subscriptions over one WebSocket that comes back by itself.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { connection } from './connection.js';

export function createGraphqlClient(): ApolloClient {
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
      closed: () => connection.set('lost'),
    },
  });
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION;
  return new ApolloClient({
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: '/graphql' })),
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
        HotspotOpinion: { keyFields: false, merge: true },
      },
    }),
  });
}
