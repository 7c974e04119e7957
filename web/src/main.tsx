import './styles/base.css';
import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createGraphqlClient } from './client.js';
import { router } from './router.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ApolloProvider client={createGraphqlClient()}>
      <RouterProvider router={router} />
    </ApolloProvider>
  </StrictMode>,
);
