// Images by their content, with every caption that they were given and every post that shows them.
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import type { ImageRow } from '../db/imageRow.js';
import { Caption, shownCaption } from './caption.js';
import { listLength } from './connection.js';
import { sha256Of } from './ids.js';
import { Post } from './post.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({ description: 'A picture by its content: the same bytes are one image, however often they are posted.' })
export class Image {
  @Field(() => String, { description: 'SHA-256 of its bytes in hex: its identity.' })
  sha256!: string;

  @Field(() => Int, { description: 'Length in bytes.' })
  bytes!: number;

  @Field(() => String, { description: 'Such as `image/jpeg`, by its content.' })
  mimeType!: string;

  @Field(() => Int, { description: 'In pixels.' })
  width!: number;

  @Field(() => Int, { description: 'In pixels.' })
  height!: number;

  @Field(() => String, { description: '64-bit perceptual hash in hex: few differing bits, much the same picture.' })
  phash!: string;

  @Field(() => GraphQLInstant, { description: 'When it was first stored.' })
  createdAt!: Date;
}

@Resolver(() => Image)
export class ImageResolver {
  @Query(() => Image, { nullable: true, description: 'One image, or null where it is not stored.' })
  image(
    @Arg('sha256', () => String, { description: 'SHA-256 of its bytes in hex.' }) sha256: string,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.image.load(sha256Of(sha256));
  }

  @FieldResolver(() => String, {
    description:
      'Path of its bytes on this server; with `?edge=160`, `320` or `640` of a copy whose longer edge has at most so many pixels.',
  })
  mediaUrl(@Root() image: ImageRow): string {
    return mediaUrl(image.sha256);
  }

  @FieldResolver(() => Caption, {
    nullable: true,
    description: 'The current caption, or null where it has none (yet).',
  })
  async caption(@Root() image: ImageRow, @Ctx() { loaders }: Context) {
    return shownCaption(await loaders.latestCaption.load(image.sha256));
  }

  @FieldResolver(() => [Caption], { description: 'All that models said of it or tried to say, newest first.' })
  captions(
    @Root() image: ImageRow,
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.captionsOfImage.load({ id: image.sha256, first: listLength('first', first) });
  }

  @FieldResolver(() => [Post], { description: 'The newest posts that show it.' })
  posts(
    @Root() image: ImageRow,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.postsOfImage.load({ id: image.sha256, first: listLength('first', first) });
  }
}

/** Path at which the server gives the bytes of an image. */
export function mediaUrl(sha256: string): string {
  return `/media/${sha256}`;
}
