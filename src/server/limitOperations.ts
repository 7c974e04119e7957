// The bounds of operations, over HTTP and over WebSocket alike.
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Context } from '../context.js';
import { checkOperation, type OperationLimits } from './operationLimits.js';

interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** For Apollo: refuses what is beyond the limits before anything of it runs. The document's tokens are bounded by its parser. */
export function limitOperations(limits: OperationLimits): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operationName, operation, request, contextValue }) {
          admit({ schema, document, operationName, variables: request.variables }, limits);
          contextValue.deadline.readOnly = operation?.operation === 'query';
        },
      };
    },
  };
}

/** For graphql-ws, which gets a parsed, validated and admitted document, or the errors. */
export function readOperation(
  { schema, query, operationName, variables }: Omit<Operation, 'document'> & { readonly query: string },
  { limits, introspection }: { readonly limits: OperationLimits; readonly introspection: boolean },
): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: limits.maxTokens });
    const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    const errors = validate(schema, document, rules);
    if (errors.length > 0) return introspection ? errors : errors.map(withoutHint);
    admit({ schema, document, operationName, variables }, limits);
    return document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** Throws a GraphQLError around AppError TOO_COSTLY. Where the operation is not to be found, running it will say so. */
function admit({ schema, document, operationName, variables }: Operation, limits: OperationLimits): void {
  const operation = getOperationAST(document, operationName);
  if (operation == null) return;
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  try {
    checkOperation({ schema, operation, fragments, variables: variables ?? {} }, limits);
  } catch (error) {
    const originalError = error as Error;
    throw new GraphQLError(originalError.message, { originalError, extensions: { http: { status: 400 } } });
  }
}

/** Names of the schema are what the hints give away. Apollo leaves them out by itself. */
function withoutHint(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message.replace(/ Did you mean .*\?$/, ''), { nodes: error.nodes ?? null });
}
