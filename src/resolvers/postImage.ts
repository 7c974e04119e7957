// A picture in its place in a post.
import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import type { CaptionRow } from '../db/captionRow.js';
import type { PictureRow } from '../db/picturesOfPosts.js';
import type { PictureStatus } from '../db/postsPage.js';
import { Caption, shownCaption } from './caption.js';
import { Image, mediaUrl } from './image.js';
import { PICTURE_STATUSES } from './pictureStatus.js';

@ObjectType({
  description: 'A picture in its place in a post. The same content posted twice is one `Image`, captioned once.',
})
export class PostImage {
  @Field(() => ID, { description: 'Its id here; another picture in its place has another id.' })
  id!: string;

  @Field(() => Int, { description: 'Place in the post, from 0.' })
  position!: number;

  @Field(() => String, { nullable: true, description: 'Description given by who posted it; untrusted text.' })
  altText!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where it is fetched from; null where its bytes came with the post.',
  })
  url!: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of its bytes in hex; null until it is stored.' })
  sha256!: string | null;

  @Field(() => Int, { nullable: true, description: 'In pixels; null until it is stored.' })
  width!: number | null;

  @Field(() => Int, { nullable: true, description: 'In pixels; null until it is stored.' })
  height!: number | null;

  @Field(() => String, { nullable: true, description: 'Such as `image/jpeg`; null until it is stored.' })
  mimeType!: string | null;
}

@Resolver(() => PostImage)
export class PostImageResolver {
  @FieldResolver(() => PICTURE_STATUSES, { description: 'How far it has come.' })
  async status(@Root() picture: PictureRow, @Ctx() context: Context): Promise<PictureStatus> {
    return pictureStatus(picture, await latestCaption(picture, context));
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why it could not be fetched, read or captioned.' })
  async error(@Root() picture: PictureRow, @Ctx() context: Context): Promise<string | null> {
    return picture.mediaError ?? (await latestCaption(picture, context))?.error ?? null;
  }

  @FieldResolver(() => Caption, {
    nullable: true,
    description: 'The current caption, or null where it has none (yet).',
  })
  async caption(@Root() picture: PictureRow, @Ctx() context: Context): Promise<CaptionRow | null> {
    return shownCaption(await latestCaption(picture, context));
  }

  @FieldResolver(() => Image, {
    nullable: true,
    description: 'Its content, wherever else it was posted; null until it is stored.',
  })
  image(@Root() picture: PictureRow, @Ctx() { loaders }: Context) {
    return picture.sha256 === null ? null : loaders.image.load(picture.sha256);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Path of its bytes on this server; null until it is stored.',
  })
  mediaUrl(@Root() picture: PictureRow): string | null {
    return picture.sha256 === null ? null : mediaUrl(picture.sha256);
  }
}

async function latestCaption({ sha256 }: PictureRow, { loaders }: Context): Promise<CaptionRow | null> {
  return sha256 === null ? null : loaders.latestCaption.load(sha256);
}

/** As PICTURE_STATUS in db/postsPage.ts, which filters by it. */
function pictureStatus({ mediaStatus }: PictureRow, latest: CaptionRow | null): PictureStatus {
  if (mediaStatus === 'FAILED') return 'FAILED';
  return latest?.status ?? 'PENDING';
}
