// Destinations: where alerts and reports go.
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { hashOf, newToken } from '../access/secrets.js';
import type { Context } from '../context.js';
import {
  allDestinations,
  type DestinationRow,
  deleteDestination,
  destinationsByIds,
  insertDestination,
  updateDestination,
} from '../db/deliver/destinationRow.js';
import { withTransaction } from '../db/withTransaction.js';
import { readSettings, targetInWords } from '../deliver/destinationSettings.js';
import { plainLine } from '../deliver/plainLine.js';
import { newSigningSecret } from '../deliver/signature.js';
import { AppError } from '../errors.js';
import { type Change, Changes } from './changes.js';
import { uuidOf } from './ids.js';
import { Needs } from './needs.js';
import { GraphQLInstant } from './scalars.js';

export const DESTINATION_KINDS = {
  FOLDER: 'FOLDER',
  EMAIL: 'EMAIL',
  WEBHOOK: 'WEBHOOK',
  SLACK: 'SLACK',
  FEED: 'FEED',
} as const;
registerEnumType(DESTINATION_KINDS, {
  name: 'DestinationKind',
  description: 'How a message gets there.',
  valuesConfig: {
    FOLDER: { description: 'A folder of files below HOTLENS_DELIVER_DIR for each message.' },
    EMAIL: { description: 'Mail through HOTLENS_SMTP_URL.' },
    WEBHOOK: { description: 'JSON that is posted, signed after Standard Webhooks.' },
    SLACK: { description: 'An incoming webhook of Slack, or of what takes the same.' },
    FEED: { description: 'An Atom feed at an address that nobody can guess.' },
  },
});

@ObjectType({ description: 'Where alerts and reports are sent. Secrets are told once, when they are made.' })
@Needs('ANALYST')
export class Destination {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => String, { description: 'What it is called; there is one of a name.' })
  name!: string;

  @Field(() => DESTINATION_KINDS, { description: 'How a message gets there.' })
  kind!: keyof typeof DESTINATION_KINDS;

  @Field(() => String, {
    description: 'Where it leads, in words: addresses of mail, a folder; of a webhook its host alone.',
  })
  target!: string;

  @Field(() => Boolean, { description: 'Whether anything new is sent there.' })
  enabled!: boolean;

  @Field(() => GraphQLInstant, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { description: 'When it was last changed.' })
  updatedAt!: Date;
}

@ObjectType({ description: 'A destination, and its secret where a new one was made.' })
@Needs('ADMIN')
export class DestinationPayload {
  @Field(() => Destination, { description: 'The destination.' })
  destination!: Destination;

  @Field(() => String, {
    nullable: true,
    description:
      'WEBHOOK: what its messages are signed with. FEED: the path of its address. Null where none was made. It is not shown again.',
  })
  secret!: string | null;
}

@InputType({ description: 'What a destination has to be told, by its kind.' })
class DestinationSettings {
  @Field(() => String, { nullable: true, description: 'FOLDER: below HOTLENS_DELIVER_DIR, such as `press/daily`.' })
  path?: string | null;

  @Field(() => [String], { nullable: true, description: 'EMAIL: addresses, 1 to 50.' })
  to?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'WEBHOOK, SLACK: http(s), a public address or one that HOTLENS_DELIVER_ALLOW names.',
  })
  url?: string | null;
}

interface OfDestination {
  readonly id: string;
}

const CHANGE: Change<OfDestination> = {
  by: 'ADMIN',
  target: ({ id }) => id.toLowerCase(),
  state: async (db, { id }) => (await destinationsByIds(db, [uuidOf(id)])).map(shownDestination)[0] ?? null,
};
const MAX_NAME = 100;

@Resolver(() => Destination)
export class DestinationResolver {
  @Query(() => [Destination], { description: 'Where alerts and reports are sent, by name.' })
  @Needs('ANALYST')
  async destinations(@Ctx() { services }: Context): Promise<Destination[]> {
    return (await allDestinations(services.db.pool)).map(shownDestination);
  }

  @Mutation(() => DestinationPayload, { description: 'Makes a destination. `testDestination` shows whether it works.' })
  @Changes<unknown, DestinationRow>({
    by: 'ADMIN',
    target: (_args, made) => made?.id,
    told: (_args, made) => shownDestination(made),
  })
  async createDestination(
    @Arg('name', () => String, { description: `What to call it: 1 to ${MAX_NAME} characters.` }) name: string,
    @Arg('kind', () => DESTINATION_KINDS, { description: 'How a message gets there.' })
    kind: keyof typeof DESTINATION_KINDS,
    @Arg('settings', () => DestinationSettings, { nullable: true, description: 'Needed for all but FEED.' })
    given: DestinationSettings | null,
    @Ctx() { services }: Context,
  ): Promise<DestinationPayload> {
    const settings = readSettings(kind, given === null ? {} : stated(given));
    const { kept, told } = newSecret(kind);
    const row = await withTransaction(services.db.pool, (client) =>
      insertDestination(client, { name: nameOf(name), kind, settings, secret: kept }),
    );
    return { destination: shownDestination(row), secret: told };
  }

  @Mutation(() => DestinationPayload, { description: 'Changes what is given of a destination.' })
  @Changes<OfDestination>(CHANGE)
  async updateDestination(
    @Arg('id', () => ID, { description: 'The destination’s id.' }) id: string,
    @Arg('name', () => String, { nullable: true, description: 'A new name.' }) name: string | null,
    @Arg('settings', () => DestinationSettings, { nullable: true, description: 'In place of all it had.' })
    given: DestinationSettings | null,
    @Arg('enabled', () => Boolean, {
      nullable: true,
      description: 'Whether anything new is sent there; what waits is sent all the same.',
    })
    enabled: boolean | null,
    @Arg('rotateSecret', () => Boolean, {
      defaultValue: false,
      description: 'Makes a new secret; the old one, or a feed’s old address, is no longer good.',
    })
    rotateSecret: boolean,
    @Ctx() { services }: Context,
  ): Promise<DestinationPayload> {
    const uuid = uuidOf(id);
    return withTransaction(services.db.pool, async (client) => {
      const [known] = await destinationsByIds(client, [uuid]);
      if (known === undefined) throw notFound(uuid);
      const { kept, told } = rotateSecret ? newSecret(known.kind) : NO_SECRET;
      const row = await updateDestination(client, uuid, {
        name: name == null ? undefined : nameOf(name),
        settings: given == null ? undefined : readSettings(known.kind, stated(given)),
        secret: kept ?? undefined,
        enabled: enabled ?? undefined,
      });
      if (row === null) throw notFound(uuid);
      return { destination: shownDestination(row), secret: told };
    });
  }

  @Mutation(() => Boolean, {
    description:
      'Deletes a destination and its outbox. Answers whether there was one. Rules that named it go on without it.',
  })
  @Changes<OfDestination>(CHANGE)
  async deleteDestination(
    @Arg('id', () => ID, { description: 'The destination’s id.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<boolean> {
    return withTransaction(services.db.pool, (client) => deleteDestination(client, uuidOf(id)));
  }
}

/** What may be seen of it. */
export function shownDestination(row: DestinationRow): Destination {
  const { id, name, kind, createdAt, updatedAt, disabledAt } = row;
  return { id, name, kind, target: targetInWords(row), enabled: disabledAt === null, createdAt, updatedAt };
}

const NO_SECRET = { kept: null, told: null };

/** What is kept, and what is told of it. */
function newSecret(kind: keyof typeof DESTINATION_KINDS): {
  readonly kept: string | null;
  readonly told: string | null;
} {
  if (kind === 'WEBHOOK') {
    const secret = newSigningSecret();
    return { kept: secret, told: secret };
  }
  if (kind !== 'FEED') return NO_SECRET;
  const token = newToken();
  return { kept: hashOf(token), told: `/feeds/${token}.xml` };
}

/** Without what was not given, so that what is not of the kind is refused by its name. */
function stated(settings: DestinationSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value != null));
}

function nameOf(name: string): string {
  const line = plainLine(name, MAX_NAME + 1);
  if (line === '' || [...line].length > MAX_NAME)
    throw new AppError('BAD_USER_INPUT', `name: expected 1 to ${MAX_NAME} characters`);
  return line;
}

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `there is no destination ${id}`);
}
