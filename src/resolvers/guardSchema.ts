// Nothing of the schema is answered without a decision on who may ask: roots, subscriptions and every field below them.
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { ROLES, type Role, reaches } from '../access/role.js';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { audited } from './audited.js';
import type { Change } from './changes.js';

type Field = GraphQLField<unknown, Context>;
type Resolver = GraphQLFieldResolver<unknown, Context>;

/**
 * Puts a guard before each field, and the audit around each mutation. Throws where a mutation does not say who may and what is
 * kept of it: a schema without that can't be built.
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const mutations = type === schema.getMutationType();
    for (const field of Object.values(type.getFields()) as Field[]) {
      const role = roleOf(type, field, { mutation: mutations });
      const guarded = guard(field.resolve ?? defaultFieldResolver, role);
      field.resolve = mutations ? audited(field.name, changeOf(field)!, guarded) : guarded;
      if (field.subscribe) field.subscribe = guard(field.subscribe, role);
    }
  }
  return schema;
}

/** The least role that may ask for a field: a mutation's own; else what the field or its type needs, or the role of those who read. */
export function roleOf(type: GraphQLObjectType, field: Field, { mutation }: { readonly mutation: boolean }): Role {
  const needed = field.extensions.needs ?? type.extensions.needs;
  const role = mutation ? changeOf(field)?.by : (needed ?? 'VIEWER');
  if (!ROLES.includes(role as Role)) {
    throw new Error(`${type.name}.${field.name}: says nobody who may; a mutation needs @Changes({ by: ROLE, ... })`);
  }
  return role as Role;
}

function changeOf({ extensions }: Field): Change<Record<string, unknown>, unknown> | undefined {
  return extensions.change as Change<Record<string, unknown>, unknown> | undefined;
}

/** Before the arguments are looked at: whoever may not ask learns nothing of what is there. */
function guard(resolve: Resolver, role: Role): Resolver {
  return (root, args, context, info) => {
    if (!reaches(context.caller.role, role)) {
      throw new AppError(
        'FORBIDDEN',
        `${info.fieldName} needs the role ${role.toLowerCase()}, the key shown has ${context.caller.role.toLowerCase()}`,
      );
    }
    return resolve(root, args, context, info);
  };
}
