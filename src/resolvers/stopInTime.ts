// Every resolver under its request's deadline: what is over time is answered with its reason, and nothing more is begun.
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { Context } from '../context.js';
import { unlessAborted } from '../deadline.js';
import { withRequestSignal } from '../requestSignal.js';
import { orRetryLater } from './orRetryLater.js';

type Resolve = GraphQLFieldResolver<unknown, Context>;

/** Wraps the schema's resolvers, in place. A field that still waits when the time is over fails; what it started is told by the signal. */
export function stopInTime(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = inTime(field.resolve as Resolve);
    }
  }
  return schema;
}

function inTime(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const { signal } = context.deadline;
    signal.throwIfAborted();
    const result = withRequestSignal(signal, () => resolve(source, args, context, info));
    return result instanceof Promise ? orRetryLater(unlessAborted(result, signal), context) : result;
  };
}
