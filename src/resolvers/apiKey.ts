// Keys: made, listed, revoked by admins.
import { Arg, Args, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { type CreatedKey, createApiKey, MAX_KEY_NAME } from '../access/createApiKey.js';
import type { Role } from '../access/role.js';
import type { Context } from '../context.js';
import { type ApiKeyRow, apiKeyById, apiKeysPage, revokeApiKey } from '../db/access/apiKeyRow.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { ROLE_VALUES } from './caller.js';
import { Changes } from './changes.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { uuidOf } from './ids.js';
import { Needs } from './needs.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({ description: 'A key of the API. Its secret is shown once, when it is made, and kept as a hash.' })
@Needs('ADMIN')
export class ApiKey {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => String, { description: 'What it was called when it was made.' })
  name!: string;

  @Field(() => ROLE_VALUES, { description: 'What it may do.' })
  role!: Role;

  @Field(() => String, { description: 'Its part after `hotlens_`, which is no secret.' })
  prefix!: string;

  @Field(() => GraphQLInstant, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'From when on it is refused; null: never.' })
  expiresAt!: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When it was revoked, for good.' })
  revokedAt!: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When it was last used, to the minute; null: never.' })
  lastUsedAt!: Date | null;
}

@ObjectType({ description: 'A new key.' })
@Needs('ADMIN')
export class NewApiKey {
  @Field(() => String, { description: 'The key itself: `Authorization: Bearer <key>`. It is not shown again.' })
  key!: string;

  @Field(() => ApiKey, { description: 'What is kept of it.' })
  apiKey!: ApiKeyRow;
}

const ApiKeyConnection = connectionType('ApiKey', ApiKey);

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, { description: 'All keys, also revoked ones, newest first.' })
  @Needs('ADMIN')
  async apiKeys(@Args(() => ForwardArgs) args: ForwardArgs, @Ctx() { services }: Context) {
    const { pool, prisma } = services.db;
    const page = pageRequest(args, keyPlace);
    return connection(await apiKeysPage(pool, page), {
      page,
      cursorOf: (row) => writeCursor('apiKeys', row.createdAt.getTime(), row.id),
      count: () => prisma.apiKey.count(),
    });
  }

  @Mutation(() => NewApiKey, {
    description: 'Makes a key. From the first one on nobody is answered without one, also not on this machine.',
  })
  @Changes<unknown, CreatedKey>({
    by: 'ADMIN',
    target: (_args, created) => created?.row.id,
    told: (_args, { row }) => row,
  })
  async createApiKey(
    @Arg('role', () => ROLE_VALUES, { description: 'What it may do.' }) role: Role,
    @Arg('name', () => String, { description: `What to call it: 1 to ${MAX_KEY_NAME} characters.` }) name: string,
    @Arg('expiresAt', () => GraphQLInstant, { nullable: true, description: 'From when on it is refused; null: never.' })
    expiresAt: Date | null,
    @Ctx() { services }: Context,
  ): Promise<NewApiKey> {
    const { row, key } = await withTransaction(services.db.pool, (client) =>
      createApiKey(client, { name, role, expiresAt: expiresAt ?? null }),
    );
    return { key, apiKey: row };
  }

  @Mutation(() => ApiKey, {
    description: 'Revokes a key for good: it is refused from now on, its sessions and subscriptions end.',
  })
  @Changes<{ readonly id: string }>({
    by: 'ADMIN',
    target: ({ id }) => id.toLowerCase(),
    state: (db, { id }) => apiKeyById(db, uuidOf(id)),
  })
  async revokeApiKey(
    @Arg('id', () => ID, { description: 'The key’s id.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<ApiKeyRow> {
    const uuid = uuidOf(id);
    return withTransaction(services.db.pool, async (client) => {
      const row = await revokeApiKey(client, uuid);
      if (row === null) throw new AppError('NOT_FOUND', `there is no key ${uuid}`);
      return row;
    });
  }
}

const parseCursor = readCursor('apiKeys', TIME_AND_ID);

function keyPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { createdAt: new Date(Number(time)), id: id! };
}
