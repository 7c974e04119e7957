// All of the dashboard, in the browser and where its frames are drawn (frame.tsx).
import type { ApolloClient } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useLayoutEffect } from 'react';
import type { Pages } from './router.js';
import { IsDemo } from './shell/isDemo.js';

export interface AppProps {
  readonly client: ApolloClient;
  readonly pages: Pages;
  /** Whether the server says so in the page itself. */
  readonly demo: boolean;
  /** Called when all of it stands there, before it is painted. */
  readonly onDrawn?: () => void;
}

export function App({ client, pages, demo, onDrawn }: AppProps) {
  useLayoutEffect(() => onDrawn?.(), [onDrawn]);
  return (
    <StrictMode>
      <IsDemo value={demo}>
        <ApolloProvider client={client}>
          <RouterProvider router={pages} />
        </ApolloProvider>
      </IsDemo>
    </StrictMode>
  );
}
