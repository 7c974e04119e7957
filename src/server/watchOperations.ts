// Apollo tells the watch of each operation what becomes of it.
import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../context.js';

/** The watch is that of the request's context. */
export const watchOperations: ApolloServerPlugin<Context> = {
  async requestDidStart({ contextValue: { operation: watch } }) {
    return {
      async didResolveOperation({ operation, operationName }) {
        if (operation !== undefined) watch?.is(operation.operation, operationName);
      },
      async willSendResponse({ errors }) {
        watch?.end(errors === undefined ? 'ok' : 'error');
      },
    };
  },
};
