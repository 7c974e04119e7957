// The scalars of the API: how they are read and written is said in their descriptions.

import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLJSON as Json } from 'graphql-scalars';
import { AppError } from '../errors.js';

export const GraphQLJSON = Json;

/** A Date in the resolvers, an ISO 8601 string in UTC with milliseconds for the client. */
export const GraphQLInstant = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'A moment as ISO 8601 with its offset, such as `2026-03-28T01:30:00Z`; answers are in UTC with milliseconds.',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError(`DateTime: expected a Date, got ${typeof value}`);
  },
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : node.kind),
});

function parse(value: unknown): Date {
  // Without an offset the moment would depend on the server's time zone.
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
  const date = typeof value === 'string' && form.test(value) ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new AppError(
      'BAD_USER_INPUT',
      `DateTime: expected ISO 8601 with an offset, such as 2026-03-28T01:30:00Z, got ${JSON.stringify(value)}`,
    );
  }
  return date;
}
