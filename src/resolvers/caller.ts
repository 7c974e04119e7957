// Who asks, as the server sees him.
import { Ctx, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { Caller as Asking } from '../access/caller.js';
import type { Role } from '../access/role.js';
import type { Context } from '../context.js';

export const ROLE_VALUES = { VIEWER: 'VIEWER', ANALYST: 'ANALYST', ADMIN: 'ADMIN' } as const;
registerEnumType(ROLE_VALUES, {
  name: 'Role',
  description: 'What a key may do; each may all that the ones before it may.',
  valuesConfig: {
    VIEWER: { description: 'Read.' },
    ANALYST: { description: 'Also bring posts in, edit captions, caption anew, and say what becomes of hotspots.' },
    ADMIN: { description: 'Also make and revoke keys, read the audit, and run the queues.' },
  },
});

@ObjectType({ description: 'Who asks.' })
export class Caller {
  @Field(() => String, {
    description: "The key's name; `local`: this machine, or the owner of its data, without a key.",
  })
  name!: string;

  @Field(() => ROLE_VALUES, { description: 'What it may do.' })
  role!: Role;

  @Field(() => ID, { nullable: true, description: "The key's id; null without one." })
  keyId!: string | null;

  @Field(() => Boolean, { description: 'Whether it came by a session, which `DELETE /session` ends.' })
  session!: boolean;
}

@Resolver(() => Caller)
export class CallerResolver {
  @Query(() => Caller, { description: 'Who asks, and what he may do.' })
  caller(@Ctx() { caller }: Context): Caller {
    return describe(caller);
  }
}

function describe({ name, role, keyId, by }: Asking): Caller {
  return { name, role, keyId, session: by === 'session' };
}
