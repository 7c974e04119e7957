// The subscription to how imports come along.
import { Arg, Field, Float, ID, Int, ObjectType, Resolver, Root, registerEnumType, Subscription } from 'type-graphql';
import type { Context } from '../context.js';
import { importById } from '../db/importById.js';
import { AppError } from '../errors.js';
import type { ImportProgress as Progress } from '../ingest/importProgress.js';
import { eventStream } from './eventStream.js';
import { uuidOf } from './ids.js';
import { IMPORT_STATUSES } from './import.js';

const UNITS = { BYTES: 'BYTES', ROWS: 'ROWS' } as const;
registerEnumType(UNITS, {
  name: 'ImportUnit',
  description: 'What is counted of an import.',
  valuesConfig: { BYTES: { description: 'Bytes of a file.' }, ROWS: { description: 'Rows that were given.' } },
});

@ObjectType({ description: 'How far an import has come.' })
class ImportProgress implements Progress {
  @Field(() => ID, { description: 'Of which import.' })
  importId!: string;

  @Field(() => String, { description: "`graphql`, or the file's name." })
  origin!: string;

  @Field(() => IMPORT_STATUSES, { description: 'Whether it goes on.' })
  state!: Progress['state'];

  @Field(() => Int, { description: 'Posts that were new.' })
  accepted!: number;

  @Field(() => Int, { description: 'Posts that were there already.' })
  updated!: number;

  @Field(() => Int, { description: 'Rows that could not be used.' })
  rejected!: number;

  @Field(() => Int, { description: 'Rows that said that a post was deleted.' })
  deleted!: number;

  @Field(() => UNITS, { nullable: true, description: 'What `done` and `total` count; null where nobody knows.' })
  unit!: Progress['unit'];

  @Field(() => Float, { nullable: true, description: 'So much of it is read.' })
  done!: number | null;

  @Field(() => Float, { nullable: true, description: 'So much there is; null where nobody knows before the end.' })
  total!: number | null;
}

@Resolver()
export class ImportProgressResolver {
  @Subscription(() => ImportProgress, {
    description:
      'How imports come along, at most four times a second each. Of one import it begins with how far that is, and ends with it. Each is told at most once; what was missed while the connection was lost is in `imports`.',
    subscribe: ({ args, context }) => progress((args as { importId?: string | null }).importId, context as Context),
  })
  importProgress(
    @Root() event: Progress,
    @Arg('importId', () => ID, { nullable: true, description: 'Only of this import; all where it is left out.' })
    _importId?: string,
  ): Progress {
    return event;
  }
}

async function progress(wanted: string | null | undefined, context: Context): Promise<AsyncIterableIterator<Progress>> {
  const { db, events } = context.services;
  const id = wanted == null ? null : uuidOf(wanted);
  // Before the row is read: what happens between the two is told twice rather than never.
  const told = events.subscribe('importProgress', context.disconnect);
  const stream = eventStream(context, told, async (event) => (id === null || event.importId === id ? event : null));
  if (id === null) return stream;
  const row = await importById(db.prisma, id);
  if (row === null) {
    await stream.return?.();
    throw new AppError('NOT_FOUND', `there is no import ${id}`);
  }
  const { origin, status: state, accepted, updated, rejected, deleted } = row;
  const counts = { accepted, updated, rejected, deleted };
  return toItsEnd({ importId: id, origin, state, ...counts, unit: null, done: null, total: null }, stream);
}

/** The first, then what is further than that, until the import has ended. */
function toItsEnd(first: Progress, later: AsyncIterableIterator<Progress>): AsyncIterableIterator<Progress> {
  let last: Progress | undefined;
  return {
    async next() {
      if (last !== undefined && last.state !== 'RUNNING') {
        await later.return?.();
        return { done: true, value: undefined };
      }
      if (last === undefined) {
        last = first;
        return { done: false, value: first };
      }
      for (;;) {
        const { done, value } = await later.next();
        if (done) return { done: true, value: undefined };
        if (value.state === 'RUNNING' && rowsOf(value) < rowsOf(last)) continue;
        last = value;
        return { done: false, value };
      }
    },
    async return() {
      await later.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function rowsOf({ accepted, updated, rejected, deleted }: Progress): number {
  return accepted + updated + rejected + deleted;
}
