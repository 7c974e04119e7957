// The GraphQL client: queries over HTTP, subscriptions over one WebSocket (socket.ts), which has time until the page has its first answer.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { OperationTypeNode } from 'graphql';
import { fetchOrTake } from './first/asked.js';
import { refused } from './signIn.js';

const signedOut = new ErrorLink(({ error }) => {
  const known = ServerError.is(error)
    ? error.statusCode === 401
    : CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  if (known) refused();
});

export function createGraphqlClient(): ApolloClient {
  let answered: () => void;
  const firstAnswer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const asking = new HttpLink({
    uri: '/graphql',
    fetch: (input, init) => fetchOrTake(input, init).finally(answered),
  });
  // Its script and its handshake would take the line from what the page is drawn of.
  const socket = firstAnswer
    .then(idle)
    .then(() => import('./socket.js').then(({ createSocketLink }) => createSocketLink()));
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION;
  return new ApolloClient({
    link: ApolloLink.from([signedOut, ApolloLink.split(isSubscription, later(socket), asking)]),
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

/** The link as soon as it is there. */
function later(link: Promise<ApolloLink>): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        let over = false;
        let end = () => {
          over = true;
        };
        link.then(
          (there) => {
            if (over) return;
            const subscription = there.request(operation, forward).subscribe(observer);
            end = () => subscription.unsubscribe();
          },
          (error: unknown) => observer.error(error),
        );
        return () => end();
      }),
  );
}

/** When the browser has nothing better to do, at the latest after a second. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has none.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 200);
  });
}
