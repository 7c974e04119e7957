// How often an image was posted, and which others are much the same.
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { NEAR_BITS } from '../analytics/detection/nearPictures.js';
import type { Context } from '../context.js';
import type { ImageRow } from '../db/imageRow.js';
import type { NearImage } from '../db/nearImages.js';
import { listLength } from './connection.js';
import { Image } from './image.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({
  description: 'A picture that is much the same as another: in another size or format, with a border or a caption.',
})
export class NearDuplicate {
  @Field(() => Int, { description: 'Bits of 64 in which their perceptual hashes differ.' })
  differingBits!: number;
}

@Resolver(() => NearDuplicate)
export class NearDuplicateResolver {
  @FieldResolver(() => Image, { description: 'The other one.' })
  image(@Root() near: NearImage): ImageRow {
    return near;
  }
}

@Resolver(() => Image)
export class ImageCopiesResolver {
  @FieldResolver(() => Int, { description: 'Posts that show it.' })
  async postCount(@Root() image: ImageRow, @Ctx() { loaders }: Context): Promise<number> {
    return (await loaders.countsOfImage.load(image.sha256))?.posts ?? 0;
  }

  @FieldResolver(() => Int, { description: 'Distinct authors of these; a post without one counts as one.' })
  async authorCount(@Root() image: ImageRow, @Ctx() { loaders }: Context): Promise<number> {
    return (await loaders.countsOfImage.load(image.sha256))?.authors ?? 0;
  }

  @FieldResolver(() => GraphQLInstant, { nullable: true, description: 'When the first of them was published.' })
  async firstPostAt(@Root() image: ImageRow, @Ctx() { loaders }: Context): Promise<Date | null> {
    return (await loaders.countsOfImage.load(image.sha256))?.firstPostAt ?? null;
  }

  @FieldResolver(() => [NearDuplicate], {
    description: `Other images whose perceptual hash differs in at most ${NEAR_BITS} bits of 64, as detection takes them for one; the nearest first.`,
  })
  nearDuplicates(
    @Root() image: ImageRow,
    @Arg('first', () => Int, { defaultValue: 12, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ): Promise<readonly NearImage[]> {
    return loaders.nearImages.load({ id: image.sha256, first: listLength('first', first) });
  }
}
