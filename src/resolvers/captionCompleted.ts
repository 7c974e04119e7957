// The subscription to completed captions.
import { Arg, Ctx, FieldResolver, Int, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.js';
import { imageIsPostedBy } from '../db/imageIsPostedBy.js';
import type { CaptionCompleted as Completed } from '../events.js';
import { Caption } from './caption.js';
import { listLength } from './connection.js';
import { eventStream } from './eventStream.js';
import { plainText } from './ids.js';
import { Image } from './image.js';
import { Post } from './post.js';

@ObjectType({ description: 'A caption was completed.' })
export class CaptionCompleted {}

interface Filter {
  readonly source?: string | null;
  readonly author?: string | null;
}

@Resolver(() => CaptionCompleted)
export class CaptionCompletedResolver {
  @Subscription(() => CaptionCompleted, {
    description:
      'Captions as they are completed, from now on. Each is told at most once; what was missed while the connection was lost is in `posts`.',
    subscribe: ({ args, context }) => completed(args as Filter, context as Context),
  })
  captionCompleted(
    @Root() event: Completed,
    @Arg('source', () => String, { nullable: true, description: 'Only of images in a post of this source.' })
    _source?: string,
    @Arg('author', () => String, { nullable: true, description: 'Only of images in a post by this author.' })
    _author?: string,
  ): Completed {
    return event;
  }

  @FieldResolver(() => Caption, { description: "The image's current caption, which may be newer than this event." })
  caption(@Root() { imageSha256 }: Completed, @Ctx() { loaders }: Context) {
    return loaders.latestCaption.load(imageSha256);
  }

  @FieldResolver(() => Image, { description: 'What was captioned.' })
  image(@Root() { imageSha256 }: Completed, @Ctx() { loaders }: Context) {
    return loaders.image.load(imageSha256);
  }

  @FieldResolver(() => [Post], { description: 'The newest posts that show it.' })
  posts(
    @Root() { imageSha256 }: Completed,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.postsOfImage.load({ id: imageSha256, first: listLength('first', first) });
  }
}

function completed(filter: Filter, context: Context): AsyncIterableIterator<Completed> {
  const { db, events } = context.services;
  const source = plainText('source', filter.source);
  const author = plainText('author', filter.author);
  const filtered = source !== undefined || author !== undefined;
  return eventStream(context, events.subscribe('captionCompleted', context.disconnect), async (event) =>
    !filtered || (await imageIsPostedBy(db.prisma, event.imageSha256, { source, author })) ? event : null,
  );
}
