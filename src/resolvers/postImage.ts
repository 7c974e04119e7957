// A picture in its place in a post.
import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import type { CaptionRow } from '../db/captionRow.js';
import type { PostImage as PictureRow } from '../db/generated/client.js';
import type { ImageRow } from '../db/imageRow.js';
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

  @Field(() => String, {
    name: 'sha256',
    nullable: true,
    description: 'SHA-256 of its bytes in hex; null until it is stored.',
  })
  imageSha256!: string | null;
}

@Resolver(() => PostImage)
export class PostImageResolver {
  @FieldResolver(() => PICTURE_STATUSES, { description: 'How far it has come.' })
  async status(@Root() picture: PictureRow, @Ctx() context: Context): Promise<PictureStatus> {
    return pictureStatus(picture, await latestCaption(picture, context));
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why it could not be fetched, read or captioned.' })
  async error(@Root() picture: PictureRow, @Ctx() context: Context): Promise<string | null> {
    return picture.error ?? (await latestCaption(picture, context))?.error ?? null;
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
  image(@Root() picture: PictureRow, @Ctx() context: Context): Promise<ImageRow | null> {
    return content(picture, context);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'In pixels; null until it is stored.' })
  async width(@Root() picture: PictureRow, @Ctx() context: Context): Promise<number | null> {
    return (await content(picture, context))?.width ?? null;
  }

  @FieldResolver(() => Int, { nullable: true, description: 'In pixels; null until it is stored.' })
  async height(@Root() picture: PictureRow, @Ctx() context: Context): Promise<number | null> {
    return (await content(picture, context))?.height ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Such as `image/jpeg`; null until it is stored.' })
  async mimeType(@Root() picture: PictureRow, @Ctx() context: Context): Promise<string | null> {
    return (await content(picture, context))?.mimeType ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Path of its bytes on this server; null until it is stored.',
  })
  mediaUrl(@Root() picture: PictureRow): string | null {
    return picture.imageSha256 === null ? null : mediaUrl(picture.imageSha256);
  }
}

async function content({ imageSha256 }: PictureRow, { loaders }: Context): Promise<ImageRow | null> {
  return imageSha256 === null ? null : loaders.image.load(imageSha256);
}

async function latestCaption({ imageSha256 }: PictureRow, { loaders }: Context): Promise<CaptionRow | null> {
  return imageSha256 === null ? null : loaders.latestCaption.load(imageSha256);
}

/** As PICTURE_STATUS in db/postsPage.ts, which filters by it. */
function pictureStatus({ status }: PictureRow, latest: CaptionRow | null): PictureStatus {
  if (status === 'FAILED') return 'FAILED';
  return latest?.status ?? 'PENDING';
}
