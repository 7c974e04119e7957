// What came in, and which rows were refused.
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { Import as ImportRow } from '../db/generated/client.js';
import { importById } from '../db/importById.js';
import { importsPage } from '../db/importsPage.js';
import { rejectionsPage } from '../db/rejectionsPage.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  listLength,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { uuidOf } from './ids.js';
import { GraphQLInstant } from './scalars.js';

export const IMPORT_STATUSES = { RUNNING: 'RUNNING', COMPLETED: 'COMPLETED', FAILED: 'FAILED' } as const;
registerEnumType(IMPORT_STATUSES, {
  name: 'ImportStatus',
  description: 'How far an import has come.',
  valuesConfig: {
    RUNNING: { description: 'Rows are coming in.' },
    COMPLETED: { description: 'Every row was accepted or rejected.' },
    FAILED: {
      description:
        'It could not be read to its end, or was left by its process (noticed within minutes); `error` says why. What was accepted stays.',
    },
  },
});

@ObjectType({ description: 'A row that could not be used.' })
export class ImportRejection {
  @Field(() => Int, { description: '1-based line of the file, or 0-based index of the input.' })
  place!: number;

  @Field(() => String, { description: 'Why it was refused.' })
  reason!: string;

  @Field(() => String, { description: 'Its beginning, at most 500 characters; untrusted text.' })
  excerpt!: string;
}

@ObjectType({ description: 'How far the pictures are that an import brought with new posts.' })
export class ImportPictures {
  @Field(() => Int, { description: 'So many there are.' })
  total!: number;

  @Field(() => Int, { description: 'Those that have a caption.' })
  captioned!: number;

  @Field(() => Int, { description: 'Those that could not be fetched, read or captioned.' })
  failed!: number;
}

@ObjectType({ description: 'A picture of a new post that has no caption, and will get none by itself.' })
export class PictureProblem {
  @Field(() => ID, { description: "Its post's id at the source; untrusted text." })
  nativeId!: string;

  @Field(() => Int, { description: 'Place in the post, from 0.' })
  position!: number;

  @Field(() => String, { description: 'Why it could not be fetched, read or captioned.' })
  reason!: string;
}

@ObjectType({ description: 'One call of `ingestPosts`, or one file.' })
export class Import {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => String, { description: "`graphql`, or the file's name." })
  origin!: string;

  @Field(() => IMPORT_STATUSES, { description: 'How far it has come.' })
  status!: ImportRow['status'];

  @Field(() => Int, { description: 'Posts that were new.' })
  accepted!: number;

  @Field(() => Int, { description: 'Posts that were there already.' })
  updated!: number;

  @Field(() => Int, { description: 'Rows that could not be used.' })
  rejected!: number;

  @Field(() => Int, { description: 'Rows that said that a post was deleted: it is, known or not.' })
  deleted!: number;

  @Field(() => String, { nullable: true, description: 'Why it ended before its end.' })
  error!: string | null;

  @Field(() => GraphQLInstant, { description: 'When it began.' })
  startedAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Null while it runs.' })
  finishedAt!: Date | null;
}

const ImportConnection = connectionType('Import', Import);
const RejectionConnection = connectionType('ImportRejection', ImportRejection);

@Resolver(() => Import)
export class ImportResolver {
  @Query(() => ImportConnection, { description: 'Imports, newest first.' })
  async imports(@Args(() => ForwardArgs) args: ForwardArgs, @Ctx() { services }: Context) {
    const { prisma } = services.db;
    const page = pageRequest(args, importPlace);
    return connection(await importsPage(prisma, page), {
      page,
      cursorOf: (row) => writeCursor('imports', row.startedAt.getTime(), row.id),
      count: () => prisma.import.count(),
    });
  }

  @Query(() => Import, { nullable: true, description: 'One import, or null where there is none.' })
  import(@Arg('id', () => ID, { description: 'As `imports` gives it.' }) id: string, @Ctx() { services }: Context) {
    return importById(services.db.prisma, uuidOf(id));
  }

  @FieldResolver(() => RejectionConnection, { description: 'All rows that were refused, in their order.' })
  async rejectedRows(
    @Root() { id, rejected }: ImportRow,
    @Args(() => ForwardArgs) args: ForwardArgs,
    @Ctx() { services }: Context,
  ) {
    const page = pageRequest(args, rejectionPlace);
    return connection(await rejectionsPage(services.db.pool, { importId: id, ...page }), {
      page,
      cursorOf: (row) => writeCursor('rejectedRows', row.place, row.id),
      count: async () => rejected,
    });
  }

  @FieldResolver(() => ImportPictures, {
    description: 'How far its pictures are. Of posts that were known already none count.',
  })
  async pictures(@Root() { id }: ImportRow, @Ctx() { loaders }: Context): Promise<ImportPictures> {
    return (await loaders.picturesOfImport.load(id)) ?? { total: 0, captioned: 0, failed: 0 };
  }

  @FieldResolver(() => [PictureProblem], { description: 'The first of the pictures that `pictures` counts as failed.' })
  pictureProblems(
    @Root() { id }: ImportRow,
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.pictureProblemsOfImport.load({ id, first: listLength('first', first) });
  }

  @FieldResolver(() => [ImportRejection], { description: 'The first rows that were refused, in their order.' })
  rejections(
    @Root() { id }: ImportRow,
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.rejectionsOfImport.load({ id, first: listLength('first', first) });
  }
}

/** A place in a file or list, and a UUID. */
const PLACE_AND_ID = /^\d{1,10} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const parsePlace = readCursor('rejectedRows', PLACE_AND_ID);

function rejectionPlace(cursor: string) {
  const [place, id] = parsePlace(cursor);
  return { place: Number(place), id: id! };
}

const parseCursor = readCursor('imports', TIME_AND_ID);

function importPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { startedAt: new Date(Number(time)), id: id! };
}
