// All of the dashboard, in the browser and where its frames are drawn (frame.tsx).
import type { ApolloClient } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import type { Pages } from './router.js';
import { IsDemo } from './shell/isDemo.js';

export interface AppProps {
  readonly client: ApolloClient;
  readonly pages: Pages;
  /** Whether the server says so in the page itself. */
  readonly demo: boolean;
}

export function App({ client, pages, demo }: AppProps) {
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
